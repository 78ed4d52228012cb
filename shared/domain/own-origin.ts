import type { AccessRules } from './access-rules.ts';

/**
 * Whether a browser says that a page of Tank itself sent this. Compared whole: `https://tank.example.com.evil.test`
 * begins as ours does. Without a public address, the host that the caller asked for is the one that counts.
 */
export const isOwnOrigin = (
  headers: Readonly<Record<string, string | undefined>> | undefined,
  { publicOrigin }: Pick<AccessRules, 'publicOrigin'>,
): boolean => {
  const { origin, host } = headers ?? {};
  if (origin === undefined || origin === 'null') return false;
  if (publicOrigin !== undefined) return origin === publicOrigin;
  return host !== undefined && (origin === `https://${host}` || origin === `http://${host}`);
};
