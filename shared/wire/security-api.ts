import { z } from 'zod';
import { AUDIT_EVENTS, AUDIT_FAULTS, AUDIT_OUTCOMES, type AuditEvent } from '../domain/audit-event.ts';
import { SIGNAL_KINDS } from '../domain/signal-kind.ts';
import { route } from './api.ts';
import { pageOf } from './replies.ts';

const time = z.iso.datetime();
const instant = z.iso.datetime({ offset: true });
const events = Object.keys(AUDIT_EVENTS) as [AuditEvent, ...AuditEvent[]];

const EntryReply = z.strictObject({
  sequence: z.int(),
  at: time,
  event: z.string(),
  outcome: z.enum(AUDIT_OUTCOMES),
  actor: z.string(),
  address: z.string(),
  requestId: z.string(),
  subject: z.string().optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  hash: z.string(),
});

export const securityApi = {
  getSecurity: route('GET', '/api/v1/security', 'Failures, locks, limits and signs of attacks', {
    permission: 'security:read',
    query: z.strictObject({ hours: z.coerce.number().int().min(1).max(720).default(24) }),
    reply: z.strictObject({
      from: time,
      signals: z.array(
        z.strictObject({
          kind: z.enum(SIGNAL_KINDS),
          hits: z.int(),
          addresses: z.array(z.strictObject({ address: z.string(), hits: z.int() })),
        }),
      ),
      locks: z.array(z.strictObject({ address: z.string(), until: time, account: z.string().optional() })),
    }),
  }),
  listAudit: route('GET', '/api/v1/audit', 'What was done by whom, newest first', {
    permission: 'audit:read',
    audit: 'audit.viewed',
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      cursor: z.coerce.number().int().min(1).optional(),
      event: z.enum(events).optional(),
      actor: z.string().max(100).optional(),
      subject: z.string().max(100).optional(),
      from: instant.optional(),
      to: instant.optional(),
    }),
    reply: pageOf(EntryReply),
  }),
  verifyAudit: route('GET', '/api/v1/audit/verify', 'Whether anybody has changed the record', {
    permission: 'audit:read',
    /** How many of the last entries; left out, as many as an answer has time for. The command looks at all. */
    query: z.strictObject({ last: z.coerce.number().int().min(1).max(20_000).optional() }),
    reply: z.strictObject({
      from: z.int(),
      entries: z.int(),
      checkpoints: z.int(),
      faults: z.array(z.strictObject({ sequence: z.int(), kind: z.enum(AUDIT_FAULTS) })),
    }),
  }),
};
