import { z } from 'zod';
import { route } from './api.ts';

/** The documents of the YAML form; each is checked by its own schema, so that faults name the document. */
const documents = z.array(z.record(z.string(), z.unknown())).min(1).max(1000);

export const Warning = z.strictObject({ field: z.string(), problem: z.string() });

const Saved = z.strictObject({
  name: z.string(),
  id: z.string(),
  version: z.int(),
  changed: z.boolean(),
});

const ApplyReply = z.strictObject({
  sources: z.array(Saved),
  automations: z.array(Saved),
  removed: z.strictObject({ sources: z.array(z.string()), automations: z.array(z.string()) }),
  kept: z.array(z.strictObject({ kind: z.enum(['source', 'automation']), name: z.string(), by: z.string() })),
  warnings: z.array(Warning),
});

const CheckReply = z.strictObject({
  sources: z.array(z.string()),
  automations: z.array(z.string()),
  warnings: z.array(Warning),
});

const LARGE_BODY = 10 * 1024 * 1024;

export const definitionsApi = {
  applyDefinitions: route(
    'POST',
    '/api/v1/definitions',
    'Apply sources and automations, all or none; the same twice changes nothing',
    {
      audit: 'definition.changed',
      permission: 'automations:write',
      body: z.strictObject({
        documents,
        /** Archives the automations and deletes the sources that are not given and that no run uses. */
        prune: z.boolean().default(false),
      }),
      bodyLimit: LARGE_BODY,
      reply: ApplyReply,
    },
  ),
  checkDefinitions: route(
    'POST',
    '/api/v1/definitions/check',
    'Say what applying would say, and change nothing; offline looks at syntax, queries and template only',
    {
      permission: 'automations:write',
      body: z.strictObject({ documents, offline: z.boolean().default(false) }),
      bodyLimit: LARGE_BODY,
      reply: CheckReply,
    },
  ),
  exportDefinitions: route(
    'GET',
    '/api/v1/definitions',
    'The documents of automations and their sources, as applying reads them',
    {
      permission: 'automations:read',
      query: z.strictObject({
        /** Names or ids, separated by commas; all when left out. */
        automations: z.string().max(10_000).optional(),
      }),
      reply: z.strictObject({ documents: z.array(z.record(z.string(), z.unknown())) }),
    },
  ),
};
