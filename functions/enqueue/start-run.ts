import { TankError } from '../../shared/domain/errors.ts';
import type { Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { askForPlan, newRun, type RunOrder } from '../../shared/use-cases/new-run.ts';

export interface StartRunOrder extends RunOrder {
  readonly automation: string;
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
