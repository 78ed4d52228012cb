import { leafRows } from './leaf-rows.ts';
import type { SystemCall } from './strace-log.ts';

/** Where the columns stand in a row of the send log. */
export interface Columns {
  readonly id: number;
  readonly state: number;
  readonly calls: number;
}

export interface OrderOfCalls {
  /** Attempts whose request left after their mark was durable. */
  readonly marked: readonly string[];
  /** Attempts whose request left before: a crash at that moment would have lost the knowledge of them. */
  readonly unmarked: readonly string[];
}

const PAGE = 4096;
const ATTEMPT = /"tank-attempt-id","Value":"([0-9a-z]+-\d+)-(\d+)"/;

/** Holds each request that left against the marks that had been synced into the store's log by then. */
export const orderOfCalls = (calls: Iterable<SystemCall>, log: string, columns: Columns): OrderOfCalls => {
  const order = { marked: [] as string[], unmarked: [] as string[] };
  const durable = new Set<string>();
  let written: string[] = [];
  for (const call of calls) {
    if (call.kind === 'written' && call.file === log) written.push(...marksOn(call.bytes, columns));
    if (call.kind === 'synced' && call.file === log) {
      for (const mark of written) durable.add(mark);
      written = [];
    }
    const [, send, number] = (call.kind === 'sent' && ATTEMPT.exec(call.bytes.toString('latin1'))) || [];
    if (send === undefined) continue;
    const mark = `${send}-${number}`;
    (durable.has(mark) ? order.marked : order.unmarked).push(mark);
  }
  return order;
};

/** Attempts that a page of the log shows as being called. */
const marksOn = (page: Buffer, { id, state, calls }: Columns): string[] =>
  page.length !== PAGE
    ? []
    : leafRows(page)
        .filter((row) => row[state] === 'sending' && typeof row[id] === 'string')
        .map((row) => `${row[id]}-${row[calls]}`);
