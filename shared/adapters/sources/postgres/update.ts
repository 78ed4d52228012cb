import type { UpdateOutcome } from '../../../ports/source.ts';
import type { BindPlan } from '../bind-plan.ts';
import { isFaultOfAll, sqlState } from './faults.ts';
import type { BindTuples } from './map.ts';
import { type Session, within } from './session.ts';
import { beginWrite } from './statements.ts';

/** A customer's own work has the right of way: Tank rather tries again than lets it wait. */
const LOCK_MS = 5_000;

/** All in one commit; when a row spoils that, each by itself, so that the row can be named. */
export const updateRows = async (
  session: Session,
  plan: BindPlan,
  binds: BindTuples,
  timeoutMs: number,
): Promise<readonly UpdateOutcome[]> => {
  try {
    return await updateTogether(session, plan, binds, timeoutMs);
  } catch (thrown) {
    if (isFaultOfAll(thrown)) throw thrown;
  }
  const outcomes: UpdateOutcome[] = [];
  for (const values of binds) outcomes.push(await updateAlone(session, plan, values, timeoutMs));
  return outcomes;
};

const updateTogether = async (session: Session, plan: BindPlan, binds: BindTuples, timeoutMs: number) => {
  const answers = await within(session, beginWrite(timeoutMs, LOCK_MS), (ask) =>
    binds.map((values) => ask(plan.sql, [...values])),
  );
  return answers.map(
    (answer): UpdateOutcome => ({ kind: (answer.rowCount ?? 0) > 0 ? 'updated' : 'missed' }),
  );
};

const updateAlone = async (
  session: Session,
  plan: BindPlan,
  values: BindTuples[number],
  timeoutMs: number,
): Promise<UpdateOutcome> => {
  try {
    const [outcome] = await updateTogether(session, plan, [values], timeoutMs);
    return outcome ?? { kind: 'missed' };
  } catch (thrown) {
    if (isFaultOfAll(thrown)) throw thrown;
    return { kind: 'failed', code: sqlState(thrown) ?? 'unknown' };
  }
};
