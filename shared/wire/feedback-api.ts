import { z } from 'zod';
import { FEEDBACK_KINDS } from '../domain/pause-policy.ts';
import { route } from './api.ts';
import { ReportQuery } from './reports-api.ts';

const EventsReply = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** By the vendor's own words, most frequent first. */
  types: z.array(z.strictObject({ type: z.string(), subtype: z.string().optional(), events: z.int() })),
  bucketSeconds: z.int(),
  items: z.array(z.strictObject({ at: z.iso.datetime(), type: z.string(), events: z.int() })),
});

const ReputationReply = z.strictObject({
  items: z.array(
    z.strictObject({
      scope: z.enum(['account', 'identity', 'automation']),
      id: z.string(),
      name: z.string(),
      kind: z.enum(FEEDBACK_KINDS),
      /** Of the last sends whose fate is known, so many came back. */
      sends: z.int(),
      events: z.int(),
      /** The lowest true rate that this does not contradict; above the threshold, sending pauses. */
      lowerBound: z.number(),
      threshold: z.number(),
      judgement: z.enum(['fine', 'warning', 'pause']),
    }),
  ),
});

export const feedbackApi = {
  reportEvents: route(
    'GET',
    '/api/v1/reports/events',
    'What came back about mails, by its type and by the hour',
    {
      permission: 'reports:read',
      query: ReportQuery,
      reply: EventsReply,
    },
  ),
  reportReputation: route('GET', '/api/v1/reports/reputation', 'How near the pause rule is to pausing', {
    permission: 'reports:read',
    reply: ReputationReply,
  }),
};
