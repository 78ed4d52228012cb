import { createHash } from 'node:crypto';
import type { AuditEvent, AuditOutcome } from '../../../domain/audit-event.ts';
import type { RecordedEntry } from '../../../ports/audit.ts';
import type { SqlRow, SqlValue } from '../../../ports/database.ts';
import { number, text } from '../ledger/context.ts';

/** Where a chain stands: its last entry. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

export const BEGINNING: Head = { sequence: 0, hash: '' };

export type Unhashed = Omit<RecordedEntry, 'hash'>;

/** Over the hash before it and every field, in this order; a change of any of them changes all hashes that follow. */
export const hashOf = (entry: Unhashed, previous: string): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        previous,
        entry.sequence,
        entry.at,
        entry.event,
        entry.outcome,
        entry.actor,
        entry.address,
        entry.requestId,
        entry.subject ?? null,
        factsText(entry),
      ]),
    )
    .digest('base64url');

const factsText = ({ facts }: Pick<Unhashed, 'facts'>): string =>
  JSON.stringify(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));

export const COLUMNS = 'seq, at, event, outcome, actor, address, request_id, subject, facts, hash';

export const toValues = (entry: RecordedEntry): readonly SqlValue[] => [
  entry.sequence,
  entry.at,
  entry.event,
  entry.outcome,
  entry.actor,
  entry.address,
  entry.requestId,
  entry.subject ?? null,
  factsText(entry),
  entry.hash,
];

/** Read without judging: what somebody wrote there is the business of the verification. */
export const toEntry = (row: SqlRow): RecordedEntry => ({
  sequence: number(row.seq),
  at: number(row.at),
  event: text(row.event) as AuditEvent,
  outcome: text(row.outcome) as AuditOutcome,
  actor: text(row.actor),
  address: text(row.address),
  requestId: text(row.request_id),
  ...(row.subject === null || row.subject === undefined ? {} : { subject: text(row.subject) }),
  facts: toFacts(text(row.facts)),
  hash: text(row.hash),
});

const toFacts = (value: string): RecordedEntry['facts'] => {
  try {
    return Object.fromEntries(JSON.parse(value) as [string, string | number][]);
  } catch {
    return { unreadable: value.slice(0, 100) };
  }
};
