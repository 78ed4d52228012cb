import { z } from 'zod';
import { route } from './api.ts';
import { AutomationDocument } from './automation-document.ts';
import { Cursor } from './cursor.ts';
import { Warning } from './definitions-api.ts';
import { IfMatch } from './if-match.ts';
import { Hold, IdParams, pageOf } from './replies.ts';
import { line } from './text.ts';

const Version = z.strictObject({
  id: z.string(),
  name: z.string(),
  organisation: z.string(),
  source: z.string(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
});

const AutomationReply = Version.extend({
  definition: z.record(z.string(), z.unknown()),
  holds: z.array(Hold),
});

const SavedReply = AutomationReply.extend({ changed: z.boolean(), warnings: z.array(Warning) });

/** Counted from 1 in the order in which a run takes them. */
export const RowNumber = z.int().min(1).max(100_000);

const FileReply = z.strictObject({
  column: z.string(),
  name: z.string(),
  state: z.enum(['FOUND', 'NOT_FOUND', 'DUPLICATED', 'INVALID', 'WRONG_OWNER']),
  size: z.int().optional(),
  detail: z.string().optional(),
  mend: z.string().optional(),
});

const Told = z.strictObject({ code: z.string(), detail: z.string(), mend: z.string().optional() });

const PreviewReply = z.strictObject({
  automation: z.string(),
  version: z.int(),
  row: z.int(),
  key: z.string(),
  address: z.string(),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  files: z.array(FileReply),
  /** What would keep this mail back in a run. */
  faults: z.array(Told),
});

const CheckFilesReply = z.strictObject({
  folder: z.string(),
  rows: z.int(),
  states: z.record(z.string(), z.int()),
  faults: z.array(FileReply.extend({ row: z.int(), key: z.string() })),
  /** False: the time was up; `nextCursor` goes on. */
  complete: z.boolean(),
  nextCursor: z.string().nullable(),
});

const read = { permission: 'automations:read', params: IdParams } as const;
const write = { permission: 'automations:write' } as const;
/** These show a customer's data. */
export const preview = { permission: 'automations:preview', params: IdParams } as const;
export const businessDate = z.iso.date().optional();

export const automationsApi = {
  listAutomations: route('GET', '/api/v1/automations', 'Automations in their current versions', {
    permission: 'automations:read',
    query: z.strictObject({
      organisation: z.string().max(100).optional(),
      source: z.string().max(100).optional(),
    }),
    reply: pageOf(Version),
  }),
  getAutomation: route('GET', '/api/v1/automations/{id}', 'An automation, by id or name', {
    ...read,
    reply: AutomationReply,
    versioned: true,
  }),
  addAutomation: route('POST', '/api/v1/automations', 'Add an automation', {
    audit: 'definition.changed',
    ...write,
    body: AutomationDocument,
    reply: SavedReply,
    status: 201,
    versioned: true,
  }),
  replaceAutomation: route(
    'PUT',
    '/api/v1/automations/{id}',
    'Save a new version; If-Match refuses it when somebody else has saved meanwhile',
    {
      audit: 'definition.changed',
      ...write,
      params: IdParams,
      headers: IfMatch,
      body: AutomationDocument,
      reply: SavedReply,
      versioned: true,
    },
  ),
  archiveAutomation: route('DELETE', '/api/v1/automations/{id}', 'Archive an automation that no run uses', {
    audit: 'definition.changed',
    ...write,
    params: IdParams,
    reply: z.void(),
    status: 204,
  }),
  listVersions: route('GET', '/api/v1/automations/{id}/versions', 'All versions, newest first', {
    ...read,
    reply: pageOf(Version),
  }),
  getVersion: route('GET', '/api/v1/automations/{id}/versions/{version}', 'One version with its definition', {
    permission: 'automations:read',
    params: IdParams.extend({ version: z.coerce.number().int().min(1) }),
    reply: Version.extend({ definition: z.record(z.string(), z.unknown()) }),
  }),
  preview: route(
    'POST',
    '/api/v1/automations/{id}/preview',
    'The mail of the n-th recipient as it would go out; nothing is sent or written',
    {
      audit: 'personal-data.viewed',
      ...preview,
      body: z.strictObject({ row: RowNumber.default(1), businessDate }),
      reply: PreviewReply,
    },
  ),
  checkFiles: route(
    'POST',
    '/api/v1/automations/{id}/attachments/check',
    'Look for every attachment as a run would before its first mail, without a run',
    {
      audit: 'personal-data.viewed',
      ...preview,
      body: z.strictObject({ businessDate, cursor: Cursor.optional() }),
      reply: CheckFilesReply,
    },
  ),
  pauseAutomation: route(
    'POST',
    '/api/v1/automations/{id}/pause',
    'Hold all runs of the automation, those under way and those to come',
    {
      audit: 'run.paused',
      permission: 'runs:pause',
      params: IdParams,
      body: z.strictObject({ reason: line(1, 200) }),
      reply: AutomationReply,
    },
  ),
  resumeAutomation: route(
    'POST',
    '/api/v1/automations/{id}/resume',
    'Lift one hold of the automation, or all that persons have put on it',
    {
      audit: 'run.resumed',
      permission: 'runs:resume',
      params: IdParams,
      body: z.strictObject({ hold: Hold.shape.id.optional() }),
      reply: AutomationReply,
    },
  ),
};
