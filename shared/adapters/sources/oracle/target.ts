import { findColumn } from '../../../domain/column-name.ts';
import type { Row } from '../../../domain/row.ts';
import type { TargetQuery } from '../../../ports/source.ts';
import { planBinds } from '../bind-plan.ts';
import type { SourceFaults } from '../source-faults.ts';
import type { Session } from './session.ts';
import { asQuery, bindSign, targetAfter, targetFromStart } from './statements.ts';
import { toRow, toValue } from './types.ts';

const CHUNK_ROWS = 500;

export const describeQuery = async (session: Session, sql: string): Promise<readonly string[]> => {
  const { metaData } = await session.connection.getStatementInfo(
    asQuery(planBinds(sql, 'oracle', bindSign).sql),
  );
  return (metaData ?? []).map(({ name }) => name);
};

export async function* readTarget(
  session: Session,
  query: TargetQuery,
  faults: SourceFaults,
): AsyncGenerator<readonly Row[], void, void> {
  const columns = await describeQuery(session, query.sql);
  const key = findColumn(columns, query.key);
  if (key === undefined) throw faults.keyMissing(query.key);
  const place = columns.indexOf(key);
  const names = columns.with(place, query.key);
  const cursor =
    query.after === undefined
      ? await session.open(targetFromStart(query.sql, key), {}, CHUNK_ROWS)
      : await session.open(targetAfter(query.sql, key), { tank_after: query.after }, CHUNK_ROWS);
  for (;;) {
    const rows = await cursor.getRows(CHUNK_ROWS);
    if (rows.length === 0) break;
    query.signal?.throwIfAborted();
    yield rows.map(([text, ...values]) => ({ ...toRow(names, values), [query.key]: toValue(text) }));
  }
  await cursor.close();
}
