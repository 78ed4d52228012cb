import { dressAsAdvertising, unsubscribeHeaders } from '../domain/advertising.ts';
import { type AutomationSpec, mayBeDeclined } from '../domain/automation.ts';
import { TankError } from '../domain/errors.ts';
import type { RenderedMail } from '../domain/template/render.ts';
import type { Ports } from '../ports/ports.ts';
import { openUnsubscribeTokens } from './unsubscribe-token.ts';

type OfferPorts = Pick<Ports, 'vault' | 'limits'>;

export interface OfferedMail {
  readonly rendered: RenderedMail;
  readonly headers: Readonly<Record<string, string>>;
}

/** Every mail that its reader may decline carries the way to do so; advertising says so to the eye as well. */
export const offerUnsubscribe = async (
  ports: OfferPorts,
  spec: Pick<AutomationSpec, 'mail' | 'organisation'>,
  rendered: RenderedMail,
  address: string,
): Promise<OfferedMail> => {
  if (!mayBeDeclined(spec.mail)) return { rendered, headers: {} };
  const tokens = await openUnsubscribeTokens(ports);
  const url = linkTo(ports, tokens.make(address, spec.organisation));
  return {
    rendered: spec.mail.advertising ? dressAsAdvertising(rendered, spec.mail, url) : rendered,
    headers: unsubscribeHeaders(url),
  };
};

/** A link for looking at: whoever tries it unsubscribes nobody. */
export const previewOffer = (
  ports: Pick<Ports, 'limits'>,
  { mail }: Pick<AutomationSpec, 'mail'>,
  rendered: RenderedMail,
): RenderedMail =>
  mail.advertising ? dressAsAdvertising(rendered, mail, linkTo(ports, 'preview')) : rendered;

const linkTo = ({ limits }: Pick<Ports, 'limits'>, token: string): string => {
  if (!limits.publicUrl) throw new TankError('public_url_missing');
  return `${limits.publicUrl}/u/${token}`;
};
