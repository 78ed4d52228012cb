import { openHours } from '../../shared/domain/schedule/window.ts';
import type { Ports } from '../../shared/ports/ports.ts';

/** The store itself closes a window at its end; this only tells it when the next one opens. */
export const moveWindows = async (ports: Ports): Promise<void> => {
  const [ledger, automations] = await Promise.all([ports.ledger(), ports.automations()]);
  for (const { run, closedAt, now } of await ledger.closedWindows()) {
    const version = await automations.version(run.automationId, run.automationVersion);
    const hours = version?.spec.schedule && openHours(version.spec.schedule, now);
    if (hours) await ledger.openNext(run.id, closedAt, hours);
  }
};
