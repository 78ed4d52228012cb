import { z } from 'zod';
import { isErrorCode } from '../domain/errors.ts';
import { said } from '../domain/form-faults.ts';
import { RUN_STATES } from '../domain/run.ts';
import { DELIVERY_STATES, SEND_STATES } from '../domain/send-states.ts';
import { route } from './api.ts';
import { FaultReply, Hold, IdParams, PageQuery, pageOf, RunReply, SendReply } from './replies.ts';
import { line } from './text.ts';

const runs = { permission: 'runs:read' } as const;

/** A day in the zone of reports, or a moment. */
export const Moment = z.iso.datetime({ offset: true });

const Code = z.string().refine(isErrorCode, said('error_code'));

const FaultGroupReply = z.strictObject({
  state: z.enum(SEND_STATES),
  sends: z.int(),
  fault: FaultReply.optional(),
});

const SENDS_CSV = 'text/csv; charset=utf-8';

export const runsApi = {
  listRuns: route('GET', '/api/v1/runs', 'Runs, newest first', {
    ...runs,
    query: PageQuery.extend({
      automation: z.string().max(100).optional(),
      organisation: z.string().max(100).optional(),
      state: z.enum(RUN_STATES).optional(),
      from: Moment.optional(),
      to: Moment.optional(),
    }),
    reply: pageOf(RunReply),
  }),
  getRun: route('GET', '/api/v1/runs/{id}', 'A run with its totals', {
    ...runs,
    params: IdParams,
    reply: RunReply,
  }),
  listFaults: route(
    'GET',
    '/api/v1/runs/{id}/faults',
    'What did not go out, grouped by reason, each with what to do about it',
    { ...runs, params: IdParams, reply: z.strictObject({ items: z.array(FaultGroupReply) }) },
  ),
  listSends: route(
    'GET',
    '/api/v1/runs/{id}/sends',
    'The sends of a run, masked, with the reason of each that did not go out; as CSV, all of them in one stream',
    {
      audit: { event: 'personal-data.viewed', ifAsked: 'reveal' },
      ...runs,
      params: IdParams,
      query: PageQuery.extend({
        state: z.enum(SEND_STATES).optional(),
        delivery: z.enum(DELIVERY_STATES).optional(),
        code: Code.optional(),
        domain: z.string().max(255).optional(),
        /** Recipient keys and file names as well; needs sends:reveal and is written down. */
        reveal: z.enum(['keys']).optional(),
      }),
      headers: z.object({ accept: z.string().max(1000).optional() }),
      reply: pageOf(SendReply),
      streams: SENDS_CSV,
    },
  ),
  pauseRun: route('POST', '/api/v1/runs/{id}/pause', 'Hold a run; at most what is marked already goes out', {
    audit: 'run.paused',
    permission: 'runs:pause',
    params: IdParams,
    body: z.strictObject({ reason: line(1, 200) }),
    reply: RunReply,
  }),
  resumeRun: route(
    'POST',
    '/api/v1/runs/{id}/resume',
    'Lift one hold of a run, or all that persons have put on it',
    {
      audit: 'run.resumed',
      permission: 'runs:resume',
      params: IdParams,
      body: z.strictObject({ hold: Hold.shape.id.optional() }),
      reply: RunReply,
    },
  ),
  cancelRun: route('POST', '/api/v1/runs/{id}/cancel', 'End a run; what has not been called stays unsent', {
    audit: 'run.cancelled',
    permission: 'runs:cancel',
    params: IdParams,
    reply: RunReply,
  }),
};
