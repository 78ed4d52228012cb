import type { TankError } from '../domain/errors.ts';
import type { Ports } from '../ports/ports.ts';

/** A fault that mends itself holds the run for a while; it goes on by itself when the time has passed. */
const SELF_MENDING_MS = 60_000;

/** What somebody must mend first waits for a person. */
export const holdForFault = async (ports: Ports, runId: string, fault: TankError): Promise<void> => {
  const { runtime } = ports;
  const ledger = await ports.ledger();
  runtime.log.warn('run held', { runId, code: fault.code });
  await ledger.hold({
    id: runtime.id(),
    scope: 'run',
    scopeId: runId,
    reason: fault.code,
    facts: fault.facts,
    author: 'tank',
    ...(fault.disposition === 'stop' ? {} : { forMs: SELF_MENDING_MS }),
  });
};
