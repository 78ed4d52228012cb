import { z } from 'zod';
import type { AutomationSpec, Recurrence, ScheduleSpec, SourceSpec, Weekday } from '../domain/automation.ts';
import { DEFAULT_ZONE } from '../domain/automation.ts';
import { clockOf, isZone } from '../domain/schedule/civil.ts';
import { parseCron } from '../domain/schedule/cron.ts';

/** The YAML form of sources and automations: a contract. Keys are strict, defaults are safe. */
const name = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u, 'letters, digits, blanks, . _ and -, at most 100');
const column = z.string().min(1).max(128);
const sql = z.string().min(1).max(100_000);
const version = z.literal(1).default(1);

export const SourceDocument = z.strictObject({
  version,
  source: name,
  kind: z.enum(['oracle', 'postgres', 'sqlite', 'csv']),
  url: z.string().min(1).max(2000),
  secret: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
    .optional(),
  encoding: z.enum(['utf-8', 'cp949']).optional(),
  delimiter: z.string().length(1).optional(),
});

const clock = z.string().refine((text) => clockOf(text) !== undefined, 'a time such as 08:30');
const zone = z.string().refine(isZone, 'a time zone such as Asia/Seoul');
const weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const ONCE_PER = /^once-per-(\d{1,4})d$/;
const WINDOW = /^(\d\d:\d\d)-(\d\d:\d\d)$/;
const DURATION = /^(\d{1,5})(s|m|h|d)$/;

const ScheduleDocument = z
  .strictObject({
    realtime: z.literal(true).optional(),
    daily: z.strictObject({ at: clock }).optional(),
    weekly: z.strictObject({ day: weekday, at: clock }).optional(),
    monthly: z.strictObject({ day: z.int().min(1).max(31), at: clock }).optional(),
    once: z.iso.datetime({ offset: true, local: true }).optional(),
    cron: z
      .string()
      .refine((text) => parseCron(text).ok, 'a cron expression of five fields')
      .optional(),
    zone: zone.default(DEFAULT_ZONE),
    window: z.string().regex(WINDOW, 'a window such as 08:00-21:00').optional(),
    holidays: z.enum(['send', 'skip', 'before', 'after']).default('send'),
    missed: z.enum(['skip', 'once']).default('once'),
  })
  .refine((schedule) => KINDS.filter((kind) => schedule[kind] !== undefined).length === 1, {
    error: 'exactly one of realtime, daily, weekly, monthly, once, cron',
  });

const KINDS = ['realtime', 'daily', 'weekly', 'monthly', 'once', 'cron'] as const;

const policy = z.enum(['skip', 'stop']).default('stop');

export const AutomationDocument = z.strictObject({
  version,
  id: z
    .string()
    .regex(/^[0-9a-z]{1,32}$/)
    .optional(),
  automation: name,
  organisation: name.default('default'),
  source: name,
  recipients: z.strictObject({
    target: sql,
    key: column,
    email: column,
    keyPattern: z.string().max(500).refine(isPattern, 'a regular expression').optional(),
    recurrence: z
      .union([z.enum(['new', 'all']), z.string().regex(ONCE_PER, 'new, all or once-per-30d')])
      .default('new'),
  }),
  mappings: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[\p{L}_][\p{L}\p{N}_]{0,63}$/u),
        type: z.enum(['simple', 'list', 'text']),
        query: sql,
      }),
    )
    .max(50)
    .default([]),
  writeBack: sql.optional(),
  mail: z.strictObject({
    from: z.string().min(3).max(320),
    replyTo: z.string().min(3).max(320).optional(),
    returnPath: z.string().min(3).max(320).optional(),
    subject: z.string().min(1),
    html: z.string().min(1),
    advertising: z.boolean().default(false),
    unsubscribe: z.boolean().default(false),
  }),
  transport: z.enum(['outbox', 'ses', 'smtp']).optional(),
  attachments: z
    .strictObject({
      folder: z.string().min(1).max(1000),
      columns: z.array(column).min(1).max(9),
      owner: z.string().min(1).max(200).optional(),
      faults: z
        .strictObject({
          notFound: z.enum(['skip', 'stop', 'send']).default('stop'),
          duplicated: policy,
          invalid: policy,
          wrongOwner: policy,
        })
        .prefault({}),
    })
    .optional(),
  inDoubt: z.enum(['hold', 'resend']).default('hold'),
  schedule: ScheduleDocument.optional(),
  approval: z.strictObject({ above: z.int().min(0) }).optional(),
  canary: z
    .strictObject({ first: z.int().min(1), wait: z.string().regex(DURATION, 'a wait such as 10m') })
    .optional(),
});

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

export const toSourceSpec = ({
  source,
  kind,
  url,
  secret,
  encoding,
  delimiter,
}: z.output<typeof SourceDocument>): SourceSpec =>
  compact({ name: source, kind, url, secret, encoding, delimiter });

export const toAutomationSpec = (document: z.output<typeof AutomationDocument>): AutomationSpec => {
  const { automation, recipients, mail, schedule, canary, version: _version, id: _id, ...same } = document;
  return compact({
    ...same,
    name: automation,
    attachments: document.attachments && compact(document.attachments),
    recipients: compact({ ...recipients, recurrence: toRecurrence(recipients.recurrence) }),
    mail: compact(mail),
    schedule: schedule && toSchedule(schedule),
    canary: canary && { first: canary.first, waitSeconds: toSeconds(canary.wait) },
  });
};

const toRecurrence = (text: string): Recurrence => {
  const days = ONCE_PER.exec(text)?.[1];
  if (days) return { kind: 'once-per', days: Number(days) };
  return { kind: text === 'all' ? 'all' : 'new' };
};

const toSchedule = (schedule: z.output<typeof ScheduleDocument>): ScheduleSpec => {
  const [, from, to] = WINDOW.exec(schedule.window ?? '') ?? [];
  const { zone: where, holidays, missed } = schedule;
  return {
    when: toWhen(schedule),
    zone: where,
    holidays,
    missed,
    ...(from && to ? { window: { from, to } } : {}),
  };
};

const toWhen = ({
  daily,
  weekly,
  monthly,
  once,
  cron,
}: z.output<typeof ScheduleDocument>): ScheduleSpec['when'] => {
  if (daily) return { kind: 'daily', ...daily };
  if (weekly) return { kind: 'weekly', day: weekly.day as Weekday, at: weekly.at };
  if (monthly) return { kind: 'monthly', ...monthly };
  if (once) return { kind: 'once', at: once };
  return cron ? { kind: 'cron', expression: cron } : { kind: 'realtime' };
};

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const toSeconds = (text: string): number => {
  const [, count, unit = 's'] = DURATION.exec(text) ?? [];
  return Number(count) * (SECONDS[unit] ?? 1);
};

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the keys that hold nothing, so that equal definitions are equal text. */
const compact = <T extends object>(value: T): Compact<T> =>
  Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as Compact<T>;
