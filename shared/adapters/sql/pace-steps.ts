import type { TransportName } from '../../domain/automation.ts';
import { STEADY } from '../../domain/pace.ts';
import type { Lane } from '../../domain/run.ts';
import type { Step } from '../../ports/database.ts';
import type { PaceAnswers } from '../../ports/pace.ts';
import type { Dialect } from './dialect.ts';
import { wholeUnits } from './whole-units.ts';

/** Microseconds: at 1,000 mails a second a slot is 1,000 of them, at 14 a second 71,428. */
export const US_PER_MS = 1_000;
/** Slots are given out in pieces of a quarter of a second, and bulk mail takes none that lie further ahead: urgent mail would find them taken. */
export const PIECE_MS = 250;
/** So much of what a stall left unused may be made up for; the bucket of SES holds a second's worth. */
export const CREDIT_MS = 250;
/** No slot was ever given so far ahead: the database's clock was turned back, and must not have to catch up first. */
const IMPOSSIBLE_MS = 900_000;
/** The quota is counted in slots of ten minutes. */
export const USE_SLOT_MS = 600_000;
export const DAY_MS = 86_400_000;

/** All begin with nothing. */
const COUNTS = [
  'bulk_free_at',
  'urgent_free_at',
  'changes',
  'accepted',
  'throttled',
  'taken',
  'read_taken',
  'read_sent',
];

/** The statements of which every transaction of the pace is made. */
export const paceSteps = (dialect: Dialect, transport: TransportName) => {
  const nowUs = `${dialect.now} * ${US_PER_MS}`;
  const useSlot = wholeUnits(dialect.now, USE_SLOT_MS);
  const point = (column: string) =>
    `CASE WHEN ${column} > ${nowUs} + ${IMPOSSIBLE_MS * US_PER_MS} THEN 0 ELSE ${column} END`;
  const moved = (column: string) =>
    `${column} = ${dialect.greatest(point(column), `${nowUs} - ${CREDIT_MS * US_PER_MS}`)} + ?`;

  return {
    make: (): Step => ({
      sql: dialect.upsert({
        table: 'pace',
        key: ['id'],
        keep: ['control', ...COUNTS],
        replace: [],
        select: `SELECT ? AS id, ? AS control, ${COUNTS.map((name) => `0 AS ${name}`).join(', ')} WHERE 1 = 1`,
      }),
      values: [transport, JSON.stringify(STEADY)],
    }),

    report: ({ taken, throttled }: PaceAnswers): Step[] => [
      {
        sql: 'UPDATE pace SET accepted = accepted + ?, throttled = throttled + ?, taken = taken + ? WHERE id = ?',
        values: [taken, throttled, taken, transport],
      },
      {
        sql: `INSERT INTO pace_use (transport, slot, mails) SELECT ?, ${useSlot}, 0
              WHERE NOT EXISTS (SELECT 1 FROM pace_use WHERE transport = ? AND slot = ${useSlot})`,
        values: [transport, transport],
      },
      {
        sql: `UPDATE pace_use SET mails = mails + ? WHERE transport = ? AND slot = ${useSlot}`,
        values: [taken, transport],
      },
    ],

    /** The transport's own count, other senders' mail included, stands against Tank's count of that moment. */
    read: (sentLast24Hours: number): Step => ({
      sql: 'UPDATE pace SET read_sent = ?, read_taken = taken WHERE id = ?',
      values: [sentLast24Hours, transport],
    }),

    take: (lane: Lane, takenUs: number): Step =>
      lane === 'urgent'
        ? {
            sql: `UPDATE pace SET ${moved('urgent_free_at')}, ${moved('bulk_free_at')} WHERE id = ?`,
            values: [takenUs, takenUs, transport],
          }
        : {
            sql: `UPDATE pace SET ${moved('bulk_free_at')} WHERE id = ? AND ${point('bulk_free_at')} <= ${nowUs} + ?`,
            values: [takenUs, transport, PIECE_MS * US_PER_MS],
          },

    look: (lane: Lane): Step => ({
      sql: `SELECT control, changes, accepted, throttled, read_sent + taken - read_taken AS told, ${dialect.now} AS now,
              (SELECT COALESCE(SUM(u.mails), 0) FROM pace_use u WHERE u.transport = pace.id AND u.slot >= ${wholeUnits(`(${dialect.now} - ${DAY_MS})`, USE_SLOT_MS)}) AS own,
              ${lane}_free_at - ${nowUs} AS free_in FROM pace WHERE id = ?`,
      values: [transport],
    }),
  };
};
