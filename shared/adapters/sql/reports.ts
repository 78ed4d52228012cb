import type { ErrorClass, ErrorCode } from '../../domain/errors.ts';
import { NO_SENDS } from '../../domain/run.ts';
import { DELIVERY_STATES } from '../../domain/send-states.ts';
import type { Database, SqlRow, SqlValue } from '../../ports/database.ts';
import type { DeliveryCounts, DomainReport, ReportRange, Reports } from '../../ports/reports.ts';
import type { Dialect } from './dialect.ts';
import { number, text } from './ledger/context.ts';
import { ownedBy } from './owned-by.ts';
import { wholeUnits } from './whole-units.ts';

const SENDS = 'FROM email_send_log s JOIN run r ON r.id = s.run_id';

export const createSqlReports = (database: Database, dialect: Dialect): Reports => ({
  summary: async (range) => {
    const { where, values } = within(range);
    const [runs] = await database.all(
      `SELECT COUNT(*) AS n, COALESCE(SUM(r.targets), 0) AS targets FROM run r WHERE ${where}`,
      values,
    );
    const rows = await database.all(
      `SELECT s.state, s.delivery, COUNT(*) AS n ${SENDS} WHERE ${where} GROUP BY s.state, s.delivery`,
      values,
    );
    return { runs: number(runs?.n), targets: number(runs?.targets), ...countsOf(rows) };
  },

  domains: async (range, limit) => {
    const { where, values } = within(range);
    const largest = `SELECT s.domain, COUNT(*) AS n ${SENDS} WHERE ${where} GROUP BY s.domain ORDER BY n DESC, s.domain ${dialect.limit(limit)}`;
    const rows = await database.all(
      `SELECT s.domain, s.state, s.delivery, COUNT(*) AS n ${SENDS} JOIN (${largest}) d ON d.domain = s.domain
       WHERE ${where} GROUP BY s.domain, s.state, s.delivery`,
      [...values, ...values],
    );
    return byDomain(rows);
  },

  timeline: async (range, bucketMs) => {
    const { where, values } = within(range);
    const points = await database.all(
      `SELECT ${wholeUnits('s.settled_at', bucketMs)} AS bucket,
         SUM(CASE WHEN s.state = 'sent' THEN 1 ELSE 0 END) AS sent,
         SUM(CASE WHEN s.state = 'failed' THEN 1 ELSE 0 END) AS failed
       ${SENDS} WHERE ${where} AND s.settled_at IS NOT NULL
       GROUP BY ${wholeUnits('s.settled_at', bucketMs)} ORDER BY bucket`,
      values,
    );
    return points.map((row) => ({
      at: number(row.bucket) * bucketMs,
      sent: number(row.sent),
      failed: number(row.failed),
    }));
  },

  events: async ({ from, to, organisation, organisations }, bucketMs) => {
    const bucket = wholeUnits('e.received_at', bucketMs);
    const own = ownedBy('r.organisation', organisation === undefined ? organisations : [organisation]);
    const confined = own.values.length > 0;
    const rows = await database.all(
      `SELECT ${bucket} AS bucket, e.type, e.subtype, COUNT(*) AS n FROM delivery_event e
       ${confined ? 'JOIN email_send_log s ON s.id = e.send_id JOIN run r ON r.id = s.run_id' : ''}
       WHERE e.received_at >= ? AND e.received_at < ? AND ${own.where}
       GROUP BY ${bucket}, e.type, e.subtype ORDER BY bucket, e.type, e.subtype`,
      [from, to, ...own.values],
    );
    return rows.map((row) => ({
      at: number(row.bucket) * bucketMs,
      type: text(row.type),
      events: number(row.n),
      ...(row.subtype === null ? {} : { subtype: text(row.subtype) }),
    }));
  },

  errors: async (range) => {
    const { where, values } = within(range);
    const rows = await database.all(
      `SELECT s.error_code, s.error_class, COUNT(*) AS n, COUNT(DISTINCT s.run_id) AS runs ${SENDS}
       WHERE ${where} AND s.error_code IS NOT NULL AND s.state <> 'sent'
       GROUP BY s.error_code, s.error_class ORDER BY n DESC, s.error_code`,
      values,
    );
    return rows.map((row) => ({
      code: text(row.error_code) as ErrorCode,
      class: text(row.error_class) as ErrorClass,
      sends: number(row.n),
      runs: number(row.runs),
    }));
  },
});

/** By the run's start: runs are few, and their sends have an index by run. */
const within = (range: ReportRange): { where: string; values: SqlValue[] } => {
  const { from, to, organisation, organisations } = range;
  const own = ownedBy('r.organisation', organisations);
  return {
    where: `r.started_at >= ? AND r.started_at < ?${organisation === undefined ? '' : ' AND r.organisation = ?'} AND ${own.where}`,
    values: [from, to, ...(organisation === undefined ? [] : [organisation]), ...own.values],
  };
};

const NO_DELIVERY = Object.fromEntries(DELIVERY_STATES.map((state) => [state, 0])) as Record<
  keyof DeliveryCounts,
  number
>;

const countsOf = (rows: readonly SqlRow[]): Pick<DomainReport, 'states' | 'delivery'> => {
  const states: Record<keyof typeof NO_SENDS, number> = { ...NO_SENDS };
  const delivery = { ...NO_DELIVERY };
  for (const row of rows) {
    states[text(row.state) as keyof typeof states] += number(row.n);
    delivery[text(row.delivery) as keyof typeof delivery] += number(row.n);
  }
  return { states, delivery };
};

const byDomain = (rows: readonly SqlRow[]): DomainReport[] => {
  const grouped = new Map<string, SqlRow[]>();
  for (const row of rows) {
    const domain = text(row.domain);
    grouped.set(domain, [...(grouped.get(domain) ?? []), row]);
  }
  const total = (report: DomainReport) => Object.values(report.states).reduce((sum, n) => sum + n, 0);
  return [...grouped]
    .map(([domain, some]) => ({ domain, ...countsOf(some) }))
    .sort((a, b) => total(b) - total(a) || a.domain.localeCompare(b.domain));
};
