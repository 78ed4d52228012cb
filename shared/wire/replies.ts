import { z } from 'zod';
import { TRANSPORTS } from '../domain/automation.ts';
import { RUN_STATES } from '../domain/run.ts';
import { DELIVERY_STATES, SEND_STATES } from '../domain/send-states.ts';
import { Cursor } from './cursor.ts';

const time = z.iso.datetime({ offset: true });
const facts = z.record(z.string(), z.union([z.string(), z.number()]));

export const Hold = z.strictObject({
  id: z.string(),
  scope: z.enum(['send', 'run', 'automation', 'identity', 'account']),
  reason: z.string(),
  /** What a reason of Tank's own means, and what to do about it. */
  detail: z.string().optional(),
  mend: z.string().optional(),
  author: z.string(),
  since: time,
  until: time.optional(),
});

/** `paused` is shown while any hold applies; the state beneath it is kept. */
export const RunReply = z.strictObject({
  run: z.string(),
  automation: z.string(),
  automationVersion: z.int(),
  businessDate: z.iso.date(),
  state: z.enum([...RUN_STATES, 'paused']),
  targets: z.int(),
  sent: z.int(),
  failed: z.int(),
  suppressed: z.int(),
  skipped: z.int(),
  cancelled: z.int(),
  held: z.int(),
  open: z.int(),
  inDoubt: z.int(),
  startedBy: z.string(),
  startedAt: time,
  finishedAt: time.optional(),
  holds: z.array(Hold),
  /** When the wait for evidence of the last doubtful send is over. */
  doubtsUntil: time.optional(),
  /** How the mails of a live run leave: the pace now, what is left of the 24-hour quota, and whether anybody answers. */
  transport: z
    .strictObject({
      name: z.enum(TRANSPORTS),
      perSecond: z.number().optional(),
      allowedPerSecond: z.number().optional(),
      quotaPerDay: z.int().optional(),
      quotaLeft: z.int().optional(),
      silentCalls: z.int().optional(),
      nextProbeAt: time.optional(),
    })
    .optional(),
  /** When the run will be through; over several days when the quota does not leave enough for one. */
  forecast: z.strictObject({ finishesAt: time.optional(), days: z.int() }).optional(),
  /** The run waits for a second person, who approves this plan. */
  approval: z.strictObject({ plan: z.string(), mails: z.int() }).optional(),
  /** trying: the first mails are on their way · watched: they are out, and the rest waits. */
  canary: z.enum(['trying', 'watched']).optional(),
  /** The run is one mail of an earlier run, sent again. */
  again: z.strictObject({ send: z.string(), reason: z.string() }).optional(),
  error: z.strictObject({ code: z.string(), detail: z.string(), mend: z.string().optional() }).optional(),
});

/** A fault with what to do about it. */
export const FaultReply = z.strictObject({
  code: z.string(),
  class: z.string(),
  detail: z.string(),
  mend: z.string().optional(),
  facts,
});

export const SendReply = z.strictObject({
  send: z.string(),
  /** With `reveal=keys` only. */
  key: z.string().optional(),
  files: z.array(z.strictObject({ column: z.string(), name: z.string() })).optional(),
  address: z.string(),
  domain: z.string(),
  state: z.enum(SEND_STATES),
  delivery: z.enum(DELIVERY_STATES),
  attempts: z.int(),
  /** Of one that was handed to the transport: as the last mail carries it in X-Tank-Attempt-Id, and since when. */
  attempt: z.string().optional(),
  calledAt: time.optional(),
  /** Of a doubtful one: whether events of later mails have come, so that its own would have come too. */
  laterEvents: z.boolean().optional(),
  messageId: z.string().optional(),
  settledAt: time.optional(),
  writeBack: z.enum(['none', 'due', 'done', 'failed']),
  fault: FaultReply.optional(),
});

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: Cursor.optional(),
});

export const IdParams = z.strictObject({ id: z.string().min(1).max(100) });
