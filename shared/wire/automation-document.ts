import { z } from 'zod';
import { parseAddress } from '../domain/address.ts';
import { said } from '../domain/form-faults.ts';
import { otherPlaceholders } from '../domain/schedule/date-pattern.ts';
import { SUBJECT_LIMIT, TEMPLATE_LIMIT } from '../domain/template/compile.ts';
import { TARGET_QUALIFIER } from '../domain/template/values.ts';
import { line } from './text.ts';

/** The YAML form of SPEC §5, exactly as a person writes it. Defaults are filled where it becomes a spec. */
const version = z.literal(1).optional();
const name = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]{0,99}$/u, said('name_form'));
const column = z.string().regex(/^(?!__proto__$)[\p{L}_][\p{L}\p{M}\p{N}_$#]{0,127}$/u, said('column_form'));
const query = z
  .string()
  .trim()
  .min(1)
  .max(256 * 1024);
const secretName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/, said('secret_form'));
const count = z.int().min(0).max(1_000_000_000);

export const SourceDocument = z.strictObject({
  version,
  source: name,
  kind: z.enum(['oracle', 'postgres', 'sqlite', 'csv']),
  url: z
    .string()
    .min(1)
    .max(2000)
    .refine((url) => !/\/\/[^/@]*:[^/@]*@/.test(url), said('password_in_url')),
  secret: secretName.optional(),
  encoding: z.enum(['utf-8', 'cp949', 'euc-kr', 'utf-16le']).optional(),
  delimiter: z
    .string()
    .regex(/^[^"\r\n\p{L}\p{N}]$/u, said('delimiter_form'))
    .optional(),
  /** Lets an account with more rights than Tank needs pass; kept in the log whenever it is used. */
  waiver: line(10, 500).optional(),
});

const address = z.string().superRefine((text, context) => {
  const parsed = parseAddress(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', message: said(parsed.fault) });
});

/** `Tank Bank <no-reply@example.com>`, or the address alone. */
const mailbox = z
  .string()
  .max(400)
  .superRefine((text, context) => {
    const named = /^([^<>"@,;\p{Cc}]{0,100}) <([^<>]+)>$/u.exec(text);
    const parsed = parseAddress(named?.[2] ?? text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: said(parsed.fault) });
  });

const keyPattern = z.string().max(200).refine(isPattern, said('pattern_form'));

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

const recipients = z.strictObject({
  target: query,
  key: column,
  email: column,
  keyPattern: keyPattern.optional(),
  recurrence: z
    .string()
    .regex(/^(?:new|all|once-per-[1-9]\d{0,3}d)$/, said('recurrence_form'))
    .optional(),
});

const mapping = z.strictObject({
  name: column.refine((text) => text !== TARGET_QUALIFIER, said('mapping_reserved')),
  type: z.enum(['simple', 'list', 'text']),
  query,
});

const mail = z.strictObject({
  from: mailbox,
  replyTo: mailbox.optional(),
  returnPath: address.optional(),
  subject: z.string().min(1).max(SUBJECT_LIMIT),
  html: z.string().min(1).max(TEMPLATE_LIMIT).optional(),
  /** Read into `html` by whoever can read files. */
  htmlFile: z.string().min(1).max(500).optional(),
  advertising: z.boolean().optional(),
  unsubscribe: z.boolean().optional(),
});

const fault = z.enum(['skip', 'stop']);
const missing = z.enum(['skip', 'stop', 'send']);

const attachments = z.strictObject({
  folder: z
    .string()
    .min(1)
    .max(500)
    .refine((text) => otherPlaceholders(text).every((inside) => inside === 'root'), said('folder_braces'))
    .refine((text) => !text.split(/[/\\]/).includes('..'), said('folder_climbs')),
  columns: z.array(column).min(1).max(20),
  owner: z
    .string()
    .regex(/^[^{}]*\{[^{}]+\}[^{}]*$/, said('owner_form'))
    .optional(),
  faults: z
    .strictObject({
      unnamed: missing.optional(),
      notFound: missing.optional(),
      duplicated: fault.optional(),
      invalid: fault.optional(),
      wrongOwner: fault.optional(),
    })
    .optional(),
});

const at = z.string();

const schedule = z.strictObject({
  realtime: z.literal(true).optional(),
  daily: z.strictObject({ at }).optional(),
  weekly: z.strictObject({ day: z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), at }).optional(),
  monthly: z.strictObject({ day: z.int().min(1).max(31), at }).optional(),
  once: z.strictObject({ at }).optional(),
  cron: z.string().optional(),
  zone: z.string().optional(),
  window: z
    .string()
    .regex(/^\d{2}:\d{2}-\d{2}:\d{2}$/, said('window_form'))
    .optional(),
  holidays: z.enum(['send', 'skip', 'before', 'after']).optional(),
  missed: z.enum(['skip', 'once']).optional(),
});

export const AutomationDocument = z.strictObject({
  version,
  id: z
    .string()
    .regex(/^[0-9a-z-]{1,64}$/)
    .optional(),
  automation: name,
  organisation: name.optional(),
  source: name,
  recipients,
  mappings: z.array(mapping).max(50).optional(),
  writeBack: query.optional(),
  mail,
  transport: z.enum(['outbox', 'ses', 'smtp']).optional(),
  attachments: attachments.optional(),
  inDoubt: z.enum(['hold', 'resend']).optional(),
  schedule: schedule.optional(),
  approval: z.strictObject({ above: count }).optional(),
  /** External lists without whose fresh copy nothing is sent. */
  blockLists: z.array(name).max(20).optional(),
  canary: z
    .strictObject({
      first: count.min(1),
      wait: z
        .string()
        .regex(/^[1-9]\d{0,4}[smh]$/, said('wait_form'))
        .optional(),
    })
    .optional(),
});

export type SourceDocument = z.infer<typeof SourceDocument>;
export type AutomationDocument = z.infer<typeof AutomationDocument>;
export type ScheduleDocument = z.infer<typeof schedule>;
