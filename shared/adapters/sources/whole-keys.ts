import type { Row } from '../../domain/row.ts';
import type { SourceFaults } from './source-faults.ts';

/** A key that this many rows share is not a key; collecting them would fill the memory. */
const ROWS_OF_ONE_KEY = 10_000;

/**
 * Cuts ordered chunks anew, so that a chunk never ends between two rows of one key: reading goes on after
 * a key, and the rest of its rows would be lost. Rows without a key (they come first) are not kept together.
 */
export async function* wholeKeys(
  chunks: AsyncIterable<readonly Row[]>,
  key: string,
  faults: SourceFaults,
): AsyncGenerator<readonly Row[], void, void> {
  let held: readonly Row[] = [];
  for await (const chunk of chunks) {
    const rows = held.length === 0 ? chunk : [...held, ...chunk];
    const cut = startOfLastKey(rows, key);
    if (rows.length - cut > ROWS_OF_ONE_KEY) {
      throw faults.failed({
        en: `more than ${ROWS_OF_ONE_KEY} rows share one value of ${key}, so it cannot be the recipient key`,
        ko: `${key} 컬럼의 같은 값을 가진 행이 ${ROWS_OF_ONE_KEY}개를 넘어 수신자 키로 쓸 수 없습니다`,
      });
    }
    if (cut > 0) yield rows.slice(0, cut);
    held = rows.slice(cut);
  }
  if (held.length > 0) yield held;
}

const startOfLastKey = (rows: readonly Row[], key: string): number => {
  const last = rows.at(-1)?.[key];
  if (last === undefined || last === null || last === '') return rows.length;
  let start = rows.length - 1;
  while (start > 0 && rows[start - 1]?.[key] === last) start -= 1;
  return start;
};
