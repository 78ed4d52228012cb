import { createHash } from 'node:crypto';
import type { Row, Value } from '../../../domain/row.ts';
import { planBinds } from '../bind-plan.ts';
import { isAboutKeptPlan, isAboutText, typelessBind } from './faults.ts';
import { type Session, type Statement, within } from './session.ts';
import {
  BIND_TYPES,
  beginRead,
  bindColumn,
  bindSign,
  DEALLOCATE,
  mapMany,
  mapOne,
  prepare,
  typedSign,
} from './statements.ts';
import { type ArrayRow, toRows } from './types.ts';

/** What was learned about a query: the types of its binds, and the statement that asks it, for all rows or for one. */
export interface MappingShape {
  readonly types: readonly string[];
  readonly rowByRow: boolean;
  readonly statement: Statement;
}

const shapeOf = (sql: string, types: readonly string[], rowByRow: boolean): MappingShape => ({
  types,
  rowByRow,
  statement: kept(
    rowByRow
      ? mapOne(planBinds(sql, 'postgres', (position) => typedSign(position, types[position] ?? 'text')).sql)
      : mapMany(planBinds(sql, 'postgres', bindColumn).sql, types),
  ),
});

/** Half of what a batch costs the server is planning; under a name it plans once for each connection. */
const kept = (text: string): Statement => ({
  text,
  name: `tank_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`,
});

export type BindTuples = readonly (readonly Value[])[];

/** A query without a bind is the same for everybody, and needs no join. */
export const learnShape = async (session: Session, sql: string, timeoutMs: number): Promise<MappingShape> => {
  const plan = planBinds(sql, 'postgres', bindSign);
  let declared: readonly string[] = plan.names.map(() => 'unknown');
  for (;;) {
    try {
      const types = await askTypes(session, prepare(plan.sql, declared), timeoutMs);
      return shapeOf(sql, types, types.length === 0);
    } catch (thrown) {
      const typeless = typelessBind(thrown);
      if (typeless === undefined || declared[typeless] !== 'unknown') throw thrown;
      declared = declared.with(typeless, 'text');
    }
  }
};

const askTypes = async (
  session: Session,
  prepared: string,
  timeoutMs: number,
): Promise<readonly string[]> => {
  const [, types] = await within(session, beginRead(timeoutMs), (ask) => [
    ask(prepared),
    ask(BIND_TYPES),
    ask(DEALLOCATE),
  ]);
  return (types?.rows ?? []).map(([type]) => String(type));
};

export const mapWith = (
  session: Session,
  shape: MappingShape,
  binds: BindTuples,
  timeoutMs: number,
): Promise<readonly (readonly Row[])[]> =>
  (shape.rowByRow ? askEach : askMany)(session, shape, binds, timeoutMs);

const askMany = async (
  session: Session,
  { statement, types }: MappingShape,
  binds: BindTuples,
  timeoutMs: number,
): Promise<readonly (readonly Row[])[]> => {
  const arrays = types.map((_, i) => binds.map((values) => values[i] ?? null));
  const [answer] = await within(session, beginRead(timeoutMs), (ask) => [ask(statement, arrays)]);
  const lists: ArrayRow[][] = binds.map(() => []);
  for (const [row, ...values] of answer?.rows ?? []) lists[Number(row) - 1]?.push(values);
  const columns = (answer?.fields ?? []).slice(1).map((field) => field.name);
  return lists.map((rows) => toRows(columns, rows));
};

/** Row by row, yet all on the way at once. */
const askEach = async (
  session: Session,
  { statement }: MappingShape,
  binds: BindTuples,
  timeoutMs: number,
): Promise<readonly (readonly Row[])[]> => {
  const answers = await within(session, beginRead(timeoutMs), (ask) =>
    binds.map((values) => ask(statement, [...values])),
  );
  return answers.map(({ fields, rows }) =>
    toRows(
      fields.map((field) => field.name),
      rows,
    ),
  );
};

/**
 * How to ask again after a failure, if at all. A column may have changed its type since the shape was learned, or
 * a plan that the server kept fits no more; a pooler may hand Tank to a server that never kept it. And some
 * queries cannot stand in a lateral join (a bind as LIMIT): asked row by row they either work, or fail with an
 * error about the query as it was written.
 */
export const nextShape = (
  sql: string,
  failed: MappingShape,
  learned: MappingShape,
  thrown: unknown,
): MappingShape => {
  if (failed.types.join() !== learned.types.join()) return learned;
  if (isAboutKeptPlan(thrown) && failed.statement.name)
    return { ...failed, statement: { text: failed.statement.text } };
  return shapeOf(sql, learned.types, true);
};

export const isWorthAskingAgain = ({ rowByRow, statement }: MappingShape, thrown: unknown): boolean =>
  (!rowByRow && isAboutText(thrown)) || (statement.name !== undefined && isAboutKeptPlan(thrown));
