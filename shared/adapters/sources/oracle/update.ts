import type { UpdateOutcome } from '../../../ports/source.ts';
import type { BindPlan } from '../bind-plan.ts';
import { codeOf, isFaultOfAll } from './faults.ts';
import type { BindTuples } from './map.ts';
import type { Session } from './session.ts';

/** One array bind: Oracle goes on after a row that fails, and tells of each row how many it changed. */
export const updateRows = async (
  session: Session,
  plan: BindPlan,
  binds: BindTuples,
): Promise<readonly UpdateOutcome[]> => {
  const { connection, driver } = session;
  const bindDefs = plan.names.map((_, i) => ({
    type: driver.STRING,
    maxSize: Math.max(1, ...binds.map((values) => Buffer.byteLength(values[i] ?? ''))),
  }));
  const rows = binds.map((values) => [...values]);
  const answer = await connection.executeMany(plan.sql, rows, {
    bindDefs,
    batchErrors: true,
    dmlRowCounts: true,
    autoCommit: false,
  });
  const errors = new Map((answer.batchErrors ?? []).map((error) => [error.offset ?? 0, error]));
  const lasting = [...errors.values()].find(isFaultOfAll);
  if (lasting) {
    await connection.rollback();
    throw lasting;
  }
  await connection.commit();
  return outcomesOf(binds.length, answer.dmlRowCounts ?? [], errors);
};

/** Counts stand for all rows, or only for those that did not fail. */
export const outcomesOf = (
  rows: number,
  counts: readonly number[],
  errors: ReadonlyMap<number, Error>,
): readonly UpdateOutcome[] => {
  const forAll = counts.length === rows;
  let next = 0;
  return Array.from({ length: rows }, (_, row): UpdateOutcome => {
    const error = errors.get(row);
    if (error && !forAll) return { kind: 'failed', code: codeOf(error) ?? 'unknown' };
    const count = counts[next] ?? 0;
    next += 1;
    if (error) return { kind: 'failed', code: codeOf(error) ?? 'unknown' };
    return { kind: count > 0 ? 'updated' : 'missed' };
  });
};
