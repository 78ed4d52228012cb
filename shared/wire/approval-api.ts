import { z } from 'zod';
import { route } from './api.ts';
import { IdParams, RunReply } from './replies.ts';

/** `plan` as the run shows it under `approval`: whoever gives it approves exactly what was looked at. */
const plan = z.string().max(100).optional();

export const approvalApi = {
  approveRun: route(
    'POST',
    '/api/v1/runs/{id}/approve',
    'Let a planned run go; a second person, neither its starter nor the last editor of its version',
    {
      audit: 'run.approved',
      permission: 'runs:approve',
      params: IdParams,
      body: z.strictObject({ plan }),
      reply: RunReply,
    },
  ),
  rejectRun: route('POST', '/api/v1/runs/{id}/reject', 'End a planned run before its first mail', {
    audit: 'run.rejected',
    permission: 'runs:approve',
    params: IdParams,
    body: z.strictObject({ plan, reason: z.string().trim().min(1).max(500) }),
    reply: RunReply,
  }),
};
