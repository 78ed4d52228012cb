/** A session's secret: one half finds the session, the other proves it. */
export interface SecretHalves {
  readonly family: string;
  readonly proof: string;
}

/** API tokens begin so, so that they are told from access tokens, and found when they leak into a repository. */
export const API_TOKEN_PREFIX = 'tank_';

const FORM = /^([\w-]{43})\.([\w-]{43})$/;

export const joinHalves = ({ family, proof }: SecretHalves): string => `${family}.${proof}`;

export const splitHalves = (secret: string): SecretHalves | undefined => {
  const [, family, proof] = FORM.exec(secret) ?? [];
  return family && proof ? { family, proof } : undefined;
};
