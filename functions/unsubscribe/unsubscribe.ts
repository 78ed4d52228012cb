import { type Language, TankError } from '../../shared/domain/errors.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { openUnsubscribeTokens } from '../../shared/use-cases/unsubscribe-token.ts';
import { renderPage } from './page.ts';

export type UnsubscribePorts = Pick<Ports, 'runtime' | 'vault' | 'suppressions'>;

/** Looks, and does nothing. */
export const askToUnsubscribe = async (
  ports: UnsubscribePorts,
  token: string,
  language: Language,
): Promise<string> => {
  const known = (await openUnsubscribeTokens(ports)).read(token);
  return renderPage(known ? 'ask' : 'unknown', language);
};

/** Again and again, with the same answer: mail programs repeat what they do not hear of. */
export const unsubscribe = async (
  ports: UnsubscribePorts,
  token: string,
  language: Language,
): Promise<string> => {
  const known = (await openUnsubscribeTokens(ports)).read(token);
  if (!known) throw new TankError('not_found', { what: 'subscription' });
  const { addressHash, organisation } = known;
  const entry = {
    addressHash,
    scope: organisation,
    reason: 'unsubscribe',
    origin: 'one-click',
    masked: '-',
  } as const;
  const added = await (await ports.suppressions()).add([{ ...entry, createdAt: ports.runtime.clock.now() }]);
  ports.runtime.log.info('unsubscribed', { organisation, fresh: added });
  return renderPage('done', language);
};
