import { z } from 'zod';
import { DELIVERY_STATES, SEND_STATES } from '../domain/send-states.ts';
import { route } from './api.ts';
import { Moment } from './runs-api.ts';

const counts = <const K extends readonly [string, ...string[]]>(keys: K) => z.record(z.enum(keys), z.int());

const Sums = { states: counts(SEND_STATES), delivery: counts(DELIVERY_STATES) };
const Range = { from: z.iso.datetime(), to: z.iso.datetime() };

const SummaryReply = z.strictObject({ ...Range, runs: z.int(), targets: z.int(), ...Sums });
const DomainsReply = z.strictObject({
  ...Range,
  items: z.array(z.strictObject({ domain: z.string(), ...Sums })),
});
const TimelineReply = z.strictObject({
  ...Range,
  bucketSeconds: z.int(),
  items: z.array(z.strictObject({ at: z.iso.datetime(), sent: z.int(), failed: z.int() })),
});
const ErrorsReply = z.strictObject({
  ...Range,
  items: z.array(
    z.strictObject({
      code: z.string(),
      class: z.string(),
      sends: z.int(),
      runs: z.int(),
      detail: z.string(),
      mend: z.string().optional(),
    }),
  ),
});

const QuotaReply = z.strictObject({
  transport: z.string(),
  /** Mails a second now; none: unlimited. */
  ratePerSecond: z.number().optional(),
  /** What settings and transport allow when nothing is throttled. */
  allowedPerSecond: z.number().optional(),
  /** The rolling 24 hours, of which a share is kept for urgent mail. */
  quota: z
    .strictObject({
      perDay: z.number(),
      used: z.number(),
      leftForBulk: z.number(),
      leftForUrgent: z.number(),
      bulkPerDay: z.number(),
    })
    .optional(),
  maxMailBytes: z.int(),
  sendingEnabled: z.boolean().optional(),
  production: z.boolean().optional(),
});

/** A length up to now, or two moments. */
const ReportQuery = z.strictObject({
  range: z.enum(['24h', '7d', '30d']).optional(),
  from: Moment.optional(),
  to: Moment.optional(),
  organisation: z.string().max(100).optional(),
});

const report = { permission: 'reports:read', query: ReportQuery } as const;

export const reportsApi = {
  reportSummary: route('GET', '/api/v1/reports/summary', 'What became of the runs that started within', {
    ...report,
    reply: SummaryReply,
  }),
  reportDomains: route('GET', '/api/v1/reports/domains', 'The same by the domain of the recipients', {
    ...report,
    query: ReportQuery.extend({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    reply: DomainsReply,
  }),
  reportTimeline: route('GET', '/api/v1/reports/timeline', 'Sent and failed by the hour, or by the day', {
    ...report,
    reply: TimelineReply,
  }),
  getQuota: route('GET', '/api/v1/quota', 'What the transport allows, and how much of it is used', {
    permission: 'reports:read',
    reply: QuotaReply,
  }),
  listErrors: route(
    'GET',
    '/api/v1/errors',
    'What stood against sends, by its code, with what to do about it',
    {
      ...report,
      reply: ErrorsReply,
    },
  ),
};
