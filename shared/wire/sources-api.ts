import { z } from 'zod';
import { route } from './api.ts';
import { SourceDocument } from './automation-document.ts';
import { IfMatch } from './if-match.ts';
import { IdParams, pageOf } from './replies.ts';

const SourceReply = z.strictObject({
  id: z.string(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  usedBy: z.array(z.string()),
  definition: z.record(z.string(), z.unknown()),
});

const TestReply = z.strictObject({
  source: z.string(),
  product: z.string(),
  version: z.string(),
  user: z.string(),
  encrypted: z.boolean(),
  privileges: z.array(z.string()),
  /** More than Tank needs. */
  tooMighty: z.array(z.string()),
  /** Why they are accepted all the same. */
  waiver: z.string().optional(),
});

const write = { permission: 'sources:write' } as const;

/** The id of a source is its name. */
export const sourcesApi = {
  listSources: route('GET', '/api/v1/sources', 'Sources, without their passwords', {
    permission: 'sources:read',
    reply: pageOf(SourceReply),
  }),
  getSource: route('GET', '/api/v1/sources/{id}', 'One source', {
    permission: 'sources:read',
    params: IdParams,
    reply: SourceReply,
    versioned: true,
  }),
  addSource: route('POST', '/api/v1/sources', 'Add a source', {
    audit: 'definition.changed',
    ...write,
    body: SourceDocument,
    reply: SourceReply,
    status: 201,
    versioned: true,
  }),
  replaceSource: route(
    'PUT',
    '/api/v1/sources/{id}',
    'Replace a source; If-Match refuses it when it has changed',
    {
      audit: 'definition.changed',
      ...write,
      params: IdParams,
      headers: IfMatch,
      body: SourceDocument,
      reply: SourceReply,
      versioned: true,
    },
  ),
  removeSource: route('DELETE', '/api/v1/sources/{id}', 'Remove a source that nothing uses', {
    audit: 'definition.changed',
    ...write,
    params: IdParams,
    reply: z.void(),
    status: 204,
  }),
  testSource: route(
    'POST',
    '/api/v1/sources/{id}/test',
    'Connect, and name the rights of the account; one with too many is refused unless the source has a waiver',
    { audit: 'source.tested', permission: 'sources:test', params: IdParams, reply: TestReply },
  ),
};
