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
const ATTEMPT = /"tank-attempt-id","Value":"([0-9a-z]+-\d+-\d+)"/;

/** Holds each request that left against the marks that had been synced into the store's log by then. */
export const orderOfCalls = (calls: Iterable<SystemCall>, log: string, columns: Columns): OrderOfCalls => {
  const order = { marked: [] as string[], unmarked: [] as string[] };
  const durable = new Set<string>();
  let written: string[] = [];
  for (const call of calls) {
    const attempt = call.kind === 'sent' ? attemptIn(call.bytes) : undefined;
    if (attempt) (durable.has(attempt) ? order.marked : order.unmarked).push(attempt);
    if (call.kind === 'sent' || call.file !== log) continue;
    if (call.kind === 'written') {
      written.push(...marksOn(call.bytes, columns));
      continue;
    }
    for (const mark of written) durable.add(mark);
    written = [];
  }
  return order;
};

const attemptIn = (request: Buffer): string | undefined => ATTEMPT.exec(request.toString('latin1'))?.[1];

/** Attempts that a page of the log shows as being called. */
const marksOn = (page: Buffer, { id, state, calls }: Columns): string[] =>
  page.length !== PAGE
    ? []
    : leafRows(page)
        .filter((row) => row[state] === 'sending' && typeof row[id] === 'string')
        .map((row) => `${row[id]}-${row[calls]}`);
