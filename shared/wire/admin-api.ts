import { z } from 'zod';
import { SEND_STATES } from '../domain/send-states.ts';
import { againApi } from './again-api.ts';
import { route } from './api.ts';
import { approvalApi } from './approval-api.ts';
import { Hold, IdParams, PageQuery, pageOf, RunReply, SendReply } from './replies.ts';
import { scheduleApi } from './schedule-api.ts';

const Saved = z.strictObject({ name: z.string(), id: z.string(), version: z.int(), changed: z.boolean() });

const ApplyReply = z.strictObject({ sources: z.array(Saved), automations: z.array(Saved) });

const AutomationReply = z.strictObject({
  id: z.string(),
  name: z.string(),
  organisation: z.string(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
});

const runs = { permission: 'runs:read' } as const;

export const adminApi = {
  ...approvalApi,
  ...againApi,
  ...scheduleApi,
  applyDefinitions: route(
    'POST',
    '/api/v1/definitions',
    'Apply sources and automations, all or none; the same twice changes nothing',
    {
      permission: 'automations:write',
      /** The documents of the YAML form; each is checked by its own schema, so that faults name the document. */
      body: z.strictObject({ documents: z.array(z.record(z.string(), z.unknown())).min(1).max(1000) }),
      reply: ApplyReply,
    },
  ),
  listAutomations: route('GET', '/api/v1/automations', 'Automations in their current versions', {
    permission: 'automations:read',
    reply: pageOf(AutomationReply),
  }),
  listRuns: route('GET', '/api/v1/runs', 'Runs, newest first', {
    ...runs,
    query: PageQuery.extend({ automation: z.string().max(100).optional() }),
    reply: pageOf(RunReply),
  }),
  getRun: route('GET', '/api/v1/runs/{id}', 'A run with its totals', {
    ...runs,
    params: IdParams,
    reply: RunReply,
  }),
  listSends: route(
    'GET',
    '/api/v1/runs/{id}/sends',
    'The sends of a run, masked, with the reason of each that did not go out',
    {
      ...runs,
      params: IdParams,
      query: PageQuery.extend({ state: z.enum(SEND_STATES).optional() }),
      reply: pageOf(SendReply),
    },
  ),
  pauseRun: route('POST', '/api/v1/runs/{id}/pause', 'Hold a run; at most what is marked already goes out', {
    permission: 'runs:pause',
    params: IdParams,
    body: z.strictObject({ reason: z.string().min(1).max(200) }),
    reply: RunReply,
  }),
  resumeRun: route(
    'POST',
    '/api/v1/runs/{id}/resume',
    'Lift one hold of a run, or all that persons have put on it',
    {
      permission: 'runs:resume',
      params: IdParams,
      body: z.strictObject({ hold: Hold.shape.id.optional() }),
      reply: RunReply,
    },
  ),
  cancelRun: route('POST', '/api/v1/runs/{id}/cancel', 'End a run; what has not been called stays unsent', {
    permission: 'runs:cancel',
    params: IdParams,
    reply: RunReply,
  }),
};
