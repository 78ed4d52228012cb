import { z } from 'zod';
import { route } from './api.ts';
import { IdParams, RunReply } from './replies.ts';

export const againApi = {
  sendAgain: route(
    'POST',
    '/api/v1/sends/{id}/again',
    'Send one mail of a finished run again, as a run of its own; the same Idempotency-Key sends it once',
    {
      audit: 'send.again',
      permission: 'sends:again',
      params: IdParams,
      body: z.strictObject({ reason: z.string().trim().min(1).max(500) }),
      reply: RunReply,
      status: 202,
    },
  ),
};
