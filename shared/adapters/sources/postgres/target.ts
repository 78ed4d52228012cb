import { findColumn } from '../../../domain/column-name.ts';
import type { Row } from '../../../domain/row.ts';
import type { TargetQuery } from '../../../ports/source.ts';
import { planBinds } from '../bind-plan.ts';
import type { SourceFaults } from '../source-faults.ts';
import { beginning, type Session, within } from './session.ts';
import { beginRead, beginSnapshot, COMMIT, declareTarget, describe, fetchTarget } from './statements.ts';
import { toRows } from './types.ts';

const CHUNK_ROWS = 500;

export const describeQuery = async (
  session: Session,
  sql: string,
  timeoutMs: number,
): Promise<readonly string[]> => {
  const plan = planBinds(sql, 'postgres', () => 'NULL');
  const [answer] = await within(session, beginRead(timeoutMs), (ask) => [ask(describe(plan.sql))]);
  return (answer?.fields ?? []).map((field) => field.name);
};

/** Chunks of a cursor; leaving early ends the session, and the server closes the cursor with it. */
export async function* readTarget(
  session: Session,
  query: TargetQuery,
  timeoutMs: number,
  faults: SourceFaults,
): AsyncGenerator<readonly Row[], void, void> {
  const key = findColumn(await describeQuery(session, query.sql, timeoutMs), query.key);
  if (key === undefined) throw faults.keyMissing(query.key);
  const goesOn = query.after !== undefined;
  const [, first] = await beginning(session, beginSnapshot(timeoutMs), (ask) => [
    ask(declareTarget(query.sql, key, goesOn), goesOn ? [query.after] : []),
    session.ask(fetchTarget(CHUNK_ROWS)),
  ]);
  const columns = (first?.fields ?? []).slice(1).map((field) => field.name);
  const place = columns.indexOf(key);
  const names = columns.map((column) => (column === key ? query.key : column));

  let answer = first;
  while (answer && answer.rows.length > 0) {
    // The next chunk is on its way while this one is being worked on.
    const next = session.ask(fetchTarget(CHUNK_ROWS));
    next.catch(() => undefined);
    yield toRows(
      names,
      answer.rows.map(([text, ...values]) => values.with(place, text ?? null)),
    );
    query.signal?.throwIfAborted();
    answer = await next;
  }
  await session.command(COMMIT);
}
