import { type Language, TankError } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { feedQueue } from '../../shared/use-cases/feed-queue.ts';
import { findAutomation } from '../../shared/use-cases/find-automation.ts';
import { describeAutomation } from './automations.ts';

export const pauseAutomation = async (
  ports: Ports,
  idOrName: string,
  reason: string,
  { id: author }: Principal,
  language: Language,
) => {
  const found = await findAutomation(ports, idOrName);
  const id = ports.runtime.id();
  await (await ports.ledger()).hold({ id, scope: 'automation', scopeId: found.id, reason, author });
  return describeAutomation(ports, found, language);
};

/** Without a name, the holds of persons; what Tank has put there itself is lifted only by its name. */
export const resumeAutomation = async (
  ports: Ports,
  idOrName: string,
  hold: string | undefined,
  { id: by }: Principal,
  language: Language,
) => {
  const found = await findAutomation(ports, idOrName);
  const ledger = await ports.ledger();
  const lifted = (await ledger.holdsOf('automation', found.id)).filter((one) =>
    hold ? one.id === hold : one.author !== 'tank',
  );
  if (hold && lifted.length === 0) throw new TankError('not_found', { what: 'hold' });
  for (const one of lifted) await ledger.liftHold(one.id, by);
  await feedQueue(ports);
  return describeAutomation(ports, found, language);
};
