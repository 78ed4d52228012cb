import { isSecondPerson, planMark } from '../../shared/domain/approval.ts';
import { TankError } from '../../shared/domain/errors.ts';
import type { Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Decision } from '../../shared/ports/run-gates.ts';
import { feedQueue } from '../../shared/use-cases/feed-queue.ts';
import { findRun } from './runs.ts';

/** What a person decides about; `plan`: the mark of the plan that the person has seen. */
export interface DecisionOrder {
  readonly id: string;
  readonly by: string;
  readonly plan?: string | undefined;
  readonly reason?: string | undefined;
}

export const approveRun = async (ports: Ports, order: DecisionOrder): Promise<Run> => {
  const { run, decision } = await readDecision(ports, order);
  await demandSecondPerson(ports, run, order.by);
  const ledger = await ports.ledger();
  if (!(await ledger.approveRun(decision))) throw new TankError('plan_changed', { run: run.id });
  ports.runtime.log.info('run approved', { runId: run.id, by: order.by, plan: planMark(decision) });
  await feedQueue(ports);
  return findRun(ports, run.id);
};

/** Anybody who may approve may refuse, also the one who started the run. */
export const rejectRun = async (ports: Ports, order: DecisionOrder): Promise<Run> => {
  const { run, decision } = await readDecision(ports, order);
  if (!(await (await ports.ledger()).rejectRun(decision)))
    throw new TankError('plan_changed', { run: run.id });
  ports.runtime.log.info('run rejected', { runId: run.id, by: order.by, plan: planMark(decision) });
  return findRun(ports, run.id);
};

const readDecision = async (
  ports: Ports,
  { id, by, plan, reason }: DecisionOrder,
): Promise<{ run: Run; decision: Decision }> => {
  const run = await findRun(ports, id);
  if (run.state !== 'awaiting_approval')
    throw new TankError('illegal_move', { what: 'run', from: run.state, to: 'approved' });
  const { pending: mails } = await (await ports.ledger()).counts(id);
  const { automationVersion, targets } = run;
  const decision = { runId: id, by, automationVersion, targets, mails, ...(reason ? { reason } : {}) };
  if (plan !== undefined && plan !== planMark(decision)) throw new TankError('plan_changed', { run: id });
  return { run, decision };
};

const demandSecondPerson = async (ports: Ports, run: Run, by: string): Promise<void> => {
  const version = await (await ports.automations()).version(run.automationId, run.automationVersion);
  if (!version) throw new TankError('not_found', { what: 'automation' });
  if (!isSecondPerson(by, run.startedBy, version.createdBy)) throw new TankError('approval_by_another');
};
