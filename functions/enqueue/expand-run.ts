import { afterPlanning } from '../../shared/domain/approval.ts';
import { type TankError, toTankError } from '../../shared/domain/errors.ts';
import { type RecipientGroup, recipientGroups } from '../../shared/domain/recipient-groups.ts';
import type { Plan } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { feedQueue } from '../../shared/use-cases/feed-queue.ts';
import { holdForFault } from '../../shared/use-cases/hold-run.ts';
import type { ExpandMessage } from '../../shared/wire/messages.ts';
import { announceQuota } from './announce-quota.ts';
import { type Expansion, openExpansion, positionPlace } from './expansion.ts';
import { planChunk } from './plan-chunk.ts';

/** Planning is handed on when less than this is left of the invocation. */
const HAND_OVER_MS = 15_000;
const PLAN_LEASE_MS = 120_000;

/**
 * Streams the target query into planned sends. Each chunk is committed with its position under the run's
 * fence, so a doubled message, a crash or a time limit neither repeats nor skips a row.
 */
export const expandRun = async (ports: Ports, runId: string, remainingMs: () => number): Promise<void> => {
  const ledger = await ports.ledger();
  const plan = await ledger.takePlan(runId, PLAN_LEASE_MS);
  if (!plan) return;
  try {
    const expansion = await openExpansion(ports, plan);
    await appendTargets(ports, plan, expansion, remainingMs);
  } catch (thrown) {
    await stopPlanning(ports, plan, toTankError(thrown), thrown);
  }
};

const appendTargets = async (
  ports: Ports,
  plan: Plan,
  expansion: Expansion,
  remainingMs: () => number,
): Promise<void> => {
  const ledger = await ports.ledger();
  let appended = Promise.resolve(true);
  let isLate = false;
  for await (const groups of recipientGroups(expansion.targets(), expansion.spec.recipients.key)) {
    // The store writes one chunk while the next is checked and encrypted; never more, and always in order.
    const chunk = await planChunk(expansion, groups);
    if (!(await appended)) return;
    appended = ledger.appendPlan({ ...chunk, ...leaseOf(plan), position: positionAfter(expansion, groups) });
    appended.catch(() => undefined);
    isLate = remainingMs() < HAND_OVER_MS;
    if (isLate) break;
  }
  if (!(await appended)) return;
  await (isLate ? handOver(ports, plan) : finishPlanning(ports, plan, expansion));
};

const leaseOf = ({ fence }: Plan) => ({ fence, leaseMs: PLAN_LEASE_MS });

const positionAfter = ({ cipher, runId }: Expansion, groups: readonly RecipientGroup[]): Uint8Array =>
  cipher.encrypt(positionPlace(runId), Buffer.from(groups.at(-1)?.key ?? ''));

const finishPlanning = async (ports: Ports, plan: Plan, expansion: Expansion): Promise<void> => {
  const ledger = await ports.ledger();
  const stop = plan.run.error ?? expansion.stop;
  if (stop) return ledger.failRun(plan.run.id, stop);
  const next = afterPlanning(expansion.nextPending, expansion.spec.approval);
  if (!(await ledger.finishPlan(plan.run.id, plan.fence, next))) return;
  ports.runtime.log.info('run planned', { runId: plan.run.id, next, mails: expansion.nextPending });
  await announceQuota(ports, plan.run.id);
  if (!(await ledger.finishRun(plan.run.id))) await feedQueue(ports);
};

const handOver = async (ports: Ports, plan: Plan): Promise<void> => {
  await (await ports.ledger()).yieldPlan(plan.run.id, plan.fence);
  const queue = await ports.queue();
  await queue.send('expand', [
    { body: JSON.stringify({ v: 1, kind: 'expand', runId: plan.run.id } satisfies ExpandMessage) },
  ]);
};

const stopPlanning = async (ports: Ports, plan: Plan, fault: TankError, cause: unknown): Promise<void> => {
  const ledger = await ports.ledger();
  ports.runtime.log.warn('planning stopped', { runId: plan.run.id, code: fault.code }, cause);
  if (fault.disposition === 'stop') return ledger.failRun(plan.run.id, fault);
  await ledger.yieldPlan(plan.run.id, plan.fence);
  await holdForFault(ports, plan.run.id, fault);
};
