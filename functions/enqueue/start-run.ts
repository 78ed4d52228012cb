import { DEFAULT_ZONE } from '../../shared/domain/automation.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { businessDate } from '../../shared/domain/schedule/civil.ts';
import type { AutomationVersion } from '../../shared/ports/automations.ts';
import type { NewRun, Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { ExpandMessage } from '../../shared/wire/messages.ts';

export interface StartRunOrder {
  readonly automation: string;
  readonly startedBy: string;
  readonly idempotencyKey?: string;
  readonly businessDate?: string;
}

/** A run of the automation's current version, which it keeps for good. The same key gives the same run. */
export const startRun = async (ports: Ports, order: StartRunOrder): Promise<Run> => {
  const automation = await (await ports.automations()).find(order.automation);
  if (!automation) throw new TankError('not_found', { what: 'automation' });
  const started = await (await ports.ledger()).startRun(newRun(ports, automation, order));
  if (started.kind === 'live') throw new TankError('run_already_live', { run: started.run.id });
  if (started.kind === 'repeated' && started.run.automationId !== automation.id)
    throw new TankError('idempotency_conflict');
  if (started.kind === 'started') await askForPlan(ports, started.run.id);
  return started.run;
};

const newRun = (
  { runtime, limits }: Ports,
  { id, version, spec }: AutomationVersion,
  order: StartRunOrder,
): NewRun => {
  const startedAt = runtime.clock.now();
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
    startedBy: order.startedBy,
    startedAt,
    ...(order.idempotencyKey ? { idempotencyKey: order.idempotencyKey } : {}),
  };
};

/** When this message is lost, the scheduler finds the run unplanned and sends another. */
const askForPlan = async (ports: Ports, runId: string): Promise<void> => {
  const queue = await ports.queue();
  await queue.send('expand', [
    { body: JSON.stringify({ v: 1, kind: 'expand', runId } satisfies ExpandMessage) },
  ]);
};
