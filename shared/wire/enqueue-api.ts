import { z } from 'zod';
import { route } from './api.ts';
import { messagesApi } from './messages-api.ts';
import { IdParams, RunReply } from './replies.ts';

const StartRunBody = z.strictObject({ businessDate: z.iso.date().optional() });

export const runStartApi = {
  startRun: route(
    'POST',
    '/api/v1/automations/{id}/runs',
    'Start a run of the automation; the same Idempotency-Key gives the same run',
    {
      audit: 'run.started',
      permission: 'runs:start',
      limit: 'run-start',
      params: IdParams,
      body: StartRunBody,
      reply: RunReply,
      status: 202,
    },
  ),
};

export const enqueueApi = { ...runStartApi, ...messagesApi };
