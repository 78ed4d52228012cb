import type { Database, SqlRow, Step } from '../../ports/database.ts';
import type { LookedAt, PassedWhy, ScheduleState, Schedules } from '../../ports/schedules.ts';
import type { Dialect } from './dialect.ts';
import { number, text } from './ledger/context.ts';
import { insertRun, startWith } from './ledger/start.ts';

const COLUMNS =
  's.automation_id, s.looked_at, s.next_at, s.last_start, s.last_run, s.waits_for, s.passed, s.passed_at, s.passed_why';

export const createSqlSchedules = (database: Database, dialect: Dialect): Schedules => {
  const { now } = dialect;
  return {
    due: async () => {
      const rows = await database.all(
        `SELECT ${COLUMNS}, ${now} AS now_at FROM schedule_state s WHERE s.next_at <= ${now} AND NOT EXISTS (
           SELECT 1 FROM hold h WHERE h.scope = 'automation' AND h.scope_id = s.automation_id
             AND h.lifted_at IS NULL AND (h.until_at IS NULL OR h.until_at > ${now}))
         ORDER BY s.next_at, s.automation_id`,
      );
      return rows.map((row) => ({ ...toState(row), now: number(row.now_at) }));
    },

    list: async () =>
      (await database.all(`SELECT ${COLUMNS} FROM schedule_state s ORDER BY s.automation_id`)).map(toState),

    start: async (run, start, looked) =>
      (await startWith({ database, dialect }, run, [
        advance(looked, now),
        {
          sql: 'UPDATE schedule_state SET last_start = ?, last_run = ? WHERE automation_id = ?',
          values: [start, run.id, run.automationId],
        },
        insertRun(run),
      ])) ?? { kind: 'overtaken' },

    pass: async (looked) => (await database.atomic([advance(looked, now)])).committed,

    waitFor: async (automationId, runId) => {
      await database.run('UPDATE schedule_state SET waits_for = ? WHERE automation_id = ?', [
        runId,
        automationId,
      ]);
    },

    forget: async (automationId) => {
      await database.run('DELETE FROM schedule_state WHERE automation_id = ?', [automationId]);
    },
  };
};

/** Of two that have looked at the same state, one is late: it finds the state moved on, and does nothing. */
const advance = ({ seen, lookedAt, nextAt, passed, why }: LookedAt, now: string): Step => ({
  sql: `UPDATE schedule_state SET looked_at = ?, next_at = ?, waits_for = NULL, passed = passed + ?
          ${passed > 0 ? `, passed_at = ${now}, passed_why = '${why}'` : ''}
        WHERE automation_id = ? AND looked_at = ? AND next_at = ?`,
  values: [lookedAt, nextAt, passed, seen.automationId, seen.lookedAt, seen.nextAt],
  expect: 1,
});

const toState = (row: SqlRow): ScheduleState => ({
  automationId: text(row.automation_id),
  lookedAt: number(row.looked_at),
  nextAt: number(row.next_at),
  passed: number(row.passed),
  ...(row.last_start === null ? {} : { lastStart: number(row.last_start), lastRun: text(row.last_run) }),
  ...(row.waits_for === null ? {} : { waitsFor: text(row.waits_for) }),
  ...(row.passed_at === null
    ? {}
    : { passedAt: number(row.passed_at), passedWhy: text(row.passed_why) as PassedWhy }),
});
