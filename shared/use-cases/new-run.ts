import { DEFAULT_ZONE, mayBeDeclined } from '../domain/automation.ts';
import { businessDate } from '../domain/schedule/civil.ts';
import { openHours } from '../domain/schedule/window.ts';
import type { AutomationVersion } from '../ports/automations.ts';
import type { NewRun } from '../ports/ledger.ts';
import type { Ports } from '../ports/ports.ts';
import type { ExpandMessage } from '../wire/messages.ts';

export interface RunOrder {
  readonly startedBy: string;
  readonly idempotencyKey?: string;
  readonly businessDate?: string;
}

/** A run of this very version, which it keeps for good, with everything that the version says about its way. */
export const newRun = (
  { runtime, limits }: Pick<Ports, 'runtime' | 'limits'>,
  { id, version, spec }: AutomationVersion,
  order: RunOrder,
): NewRun => {
  const startedAt = runtime.clock.now();
  const window = spec.schedule && openHours(spec.schedule, startedAt);
  return {
    id: runtime.id(),
    automationId: id,
    automationVersion: version,
    automationName: spec.name,
    organisation: spec.organisation,
    fromIdentity: spec.mail.from,
    transport: spec.transport ?? limits.transport,
    businessDate: order.businessDate ?? businessDate(startedAt, spec.schedule?.zone ?? DEFAULT_ZONE),
    lane: 'bulk',
    writesBack: spec.writeBack !== undefined,
    declinable: mayBeDeclined(spec.mail),
    startedBy: order.startedBy,
    startedAt,
    canary: spec.canary !== undefined,
    ...(window ? { window } : {}),
    ...(order.idempotencyKey ? { idempotencyKey: order.idempotencyKey } : {}),
  };
};

/** When this message is lost, the scheduler finds the run unplanned and sends another. */
export const askForPlan = async (ports: Pick<Ports, 'queue'>, runId: string): Promise<void> => {
  const queue = await ports.queue();
  await queue.send('expand', [
    { body: JSON.stringify({ v: 1, kind: 'expand', runId } satisfies ExpandMessage) },
  ]);
};
