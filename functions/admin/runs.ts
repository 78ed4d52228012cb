import { type Language, TankError } from '../../shared/domain/errors.ts';
import { describeFault } from '../../shared/domain/mends.ts';
import type { RunState } from '../../shared/domain/run.ts';
import type { Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { describeRun } from '../../shared/use-cases/describe-run.ts';
import { feedQueue } from '../../shared/use-cases/feed-queue.ts';
import { findAutomation } from '../../shared/use-cases/find-automation.ts';
import { mirrorLifting } from '../../shared/use-cases/mirror-pause.ts';
import { nextCursor } from '../../shared/wire/cursor.ts';

export interface RunQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly automation?: string | undefined;
  readonly organisation?: string | undefined;
  readonly state?: RunState | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export const findRun = async (ports: Ports, id: string): Promise<Run> => {
  const run = await (await ports.ledger()).run(id);
  if (!run) throw new TankError('not_found', { what: 'run' });
  return run;
};

export const getRun = async (ports: Ports, id: string, language: Language) =>
  describeRun(ports, await findRun(ports, id), language);

export const listRuns = async (ports: Ports, query: RunQuery, language: Language) => {
  const ledger = await ports.ledger();
  const { limit, cursor, organisation, state, from, to } = query;
  const automation = query.automation ? await findAutomation(ports, query.automation) : undefined;
  const runs = await ledger.runs({
    limit,
    ...(cursor ? { after: cursor } : {}),
    ...(automation ? { automationId: automation.id } : {}),
    ...(organisation ? { organisation } : {}),
    ...(state ? { states: [state] } : {}),
    ...(from ? { from: Date.parse(from) } : {}),
    ...(to ? { to: Date.parse(to) } : {}),
  });
  const items = await Promise.all(runs.map((run) => describeRun(ports, run, language)));
  return { items, nextCursor: nextCursor(runs, limit) };
};

/** More kinds of fault than anybody mends one by one; the CSV has them all. */
const MOST_GROUPS = 200;

/** What did not go out, by reason: the list by which an operator mends it. */
export const listFaults = async (ports: Ports, id: string, language: Language) => {
  await findRun(ports, id);
  const groups = await (await ports.ledger()).faultGroups(id, MOST_GROUPS);
  const items = groups.map(({ state, sends, fault }) => ({
    state,
    sends,
    ...(fault ? { fault: describeFault(fault, language) } : {}),
  }));
  return { items };
};

export const pauseRun = async (
  ports: Ports,
  id: string,
  reason: string,
  author: string,
  language: Language,
) => {
  const run = await findRun(ports, id);
  if (run.finishedAt !== undefined)
    throw new TankError('illegal_move', { what: 'run', from: run.state, to: 'paused' });
  await (await ports.ledger()).hold({ id: ports.runtime.id(), scope: 'run', scopeId: id, reason, author });
  return getRun(ports, id, language);
};

/** Lifting one hold never lifts another; without a name, those are lifted that persons have put on this run. */
export const resumeRun = async (
  ports: Ports,
  id: string,
  hold: string | undefined,
  by: string,
  language: Language,
) => {
  const run = await findRun(ports, id);
  const ledger = await ports.ledger();
  const lifted = (await ledger.holdsOn(run)).filter((one) =>
    hold ? one.id === hold : one.scope === 'run' && one.author !== 'tank',
  );
  if (hold && lifted.length === 0) throw new TankError('not_found', { what: 'hold' });
  await mirrorLifting(ports, lifted);
  for (const one of lifted) await ledger.liftHold(one.id, by);
  await feedQueue(ports);
  return getRun(ports, id, language);
};

export const cancelRun = async (ports: Ports, id: string, by: string, language: Language) => {
  const run = await findRun(ports, id);
  if (!(await (await ports.ledger()).cancelRun(id, by)))
    throw new TankError('illegal_move', { what: 'run', from: run.state, to: 'cancelled' });
  return getRun(ports, id, language);
};
