import { findColumn } from './column-name.ts';
import type { Row } from './row.ts';

/** All rows of one recipient key, in the order of the source. */
export interface RecipientGroup {
  readonly key: string;
  readonly rows: readonly Row[];
}

/** A column's value as text; engines fold the case of names in opposite directions. */
export const textOf = (row: Row, column: string): string => {
  const value = row[findColumn(Object.keys(row), column) ?? column];
  return value === null || value === undefined ? '' : String(value);
};

/**
 * Chunks of whole groups out of chunks of rows that are ordered by key. The last group of a chunk waits for
 * the next one, since its rows may go on there; so a committed key is always complete.
 */
export async function* recipientGroups(
  chunks: AsyncIterable<readonly Row[]>,
  keyColumn: string,
): AsyncGenerator<readonly RecipientGroup[]> {
  let open: { key: string; rows: Row[] } | undefined;
  for await (const rows of chunks) {
    const complete: RecipientGroup[] = [];
    for (const row of rows) {
      const key = textOf(row, keyColumn);
      if (open?.key === key) {
        open.rows.push(row);
        continue;
      }
      if (open) complete.push(open);
      open = { key, rows: [row] };
    }
    if (complete.length > 0) yield complete;
  }
  if (open) yield [open];
}
