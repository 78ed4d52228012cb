import { z } from 'zod';
import { ERROR_CLASSES, isErrorCode } from '../domain/errors.ts';
import { said } from '../domain/form-faults.ts';
import { RUN_STATES } from '../domain/run.ts';
import { MEGABYTE, route } from './api.ts';
import { IdParams, RunReply, SendReply } from './replies.ts';
import { line } from './text.ts';

const reason = line(1, 200);
const classes = z.array(z.enum(ERROR_CLASSES)).min(1).max(ERROR_CLASSES.length);
const SendId = z.string().regex(/^[0-9a-z]{1,32}-\d{1,12}$/);
const To = z.enum(['sent', 'failed', 'pending']);

/** Which held sends: named ones, or all with a code. Neither: all of them. */
const SettleBody = z.strictObject({
  to: To,
  reason,
  sends: z.array(SendId).min(1).max(100_000).optional(),
  codes: z
    .array(z.string().refine(isErrorCode, said('error_code')))
    .min(1)
    .max(50)
    .optional(),
});

/** One line for each send: `send,to` and, where it differs, a reason of its own. */
const SettleCsvBody = z.strictObject({ csv: z.string().min(1), reason });

const TotalsFaultReply = z.strictObject({
  run: z.string(),
  state: z.enum(RUN_STATES),
  targets: z.int(),
  sends: z.int(),
  open: z.int(),
  stranded: z.int(),
});

const SettledReply = z.strictObject({
  settled: z.int(),
  /** Named, but not held (any more), or for a recipient who is open at another address: they are as they were. */
  unchanged: z.array(z.string()),
  run: RunReply,
});

/** What persons decide about a run after its mails were called. */
export const runsControlApi = {
  retryRun: route(
    'POST',
    '/api/v1/runs/{id}/retry',
    'Try the failed sends of a run again, all or some classes of them; a finished run goes on',
    {
      permission: 'runs:retry',
      audit: 'run.retried',
      params: IdParams,
      body: z.strictObject({ reason, classes: classes.optional() }),
      reply: z.strictObject({ retried: z.int(), run: RunReply }),
    },
  ),
  settleRun: route(
    'POST',
    '/api/v1/runs/{id}/settle',
    'Decide about held sends of a run: they went out, they will not, or they are sent now',
    {
      permission: 'sends:settle',
      audit: 'send.settled',
      params: IdParams,
      body: z.union([SettleBody, SettleCsvBody]),
      bodyLimit: 10 * MEGABYTE,
      reply: SettledReply,
    },
  ),
  settleSend: route('POST', '/api/v1/sends/{id}/settle', 'The same about one held send', {
    permission: 'sends:settle',
    audit: 'send.settled',
    params: IdParams,
    body: z.strictObject({ to: To, reason }),
    reply: SendReply,
  }),
  checkTotals: route(
    'GET',
    '/api/v1/system/totals',
    'Runs whose numbers do not add up, or that wait for what nobody will do',
    { permission: 'system:read', reply: z.strictObject({ items: z.array(TotalsFaultReply) }) },
  ),
};
