import { z } from 'zod';
import { said } from '../domain/form-faults.ts';
import { SUPPRESSION_REASONS } from '../domain/suppression.ts';
import { route } from './api.ts';
import { Cursor } from './cursor.ts';
import { IdParams, pageOf } from './replies.ts';
import { line } from './text.ts';

const TEN_MEGABYTES = 10 * 1024 * 1024;

/** `*`: everywhere; otherwise an organisation. */
const Scope = z.union([z.literal('*'), line(1, 100)]);
const Reason = z.enum(SUPPRESSION_REASONS);
/** What a person may say; the others are told by events and lists. */
const OwnReason = z.enum(['manual', 'unsubscribe', 'complaint', 'bounce']);
const Address = z.string().min(3).max(320);

const SuppressionReply = z.strictObject({
  id: z.string(),
  address: z.string(),
  scope: z.string(),
  reason: Reason,
  origin: z.string(),
  createdAt: z.iso.datetime(),
});

const ImportReply = z.strictObject({
  rows: z.int(),
  added: z.int(),
  /** Were there before. */
  known: z.int(),
  refused: z.int(),
  /** The first of those that were refused. */
  faults: z.array(z.strictObject({ line: z.int(), problem: z.string() })),
});

const BlockListReply = z.strictObject({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  entries: z.int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  fetchedAt: z.iso.datetime().optional(),
  fault: z.string().optional(),
});

/** A keyed hash, a scope and a reason in one: longer than other ids. */
const EntryParams = z.strictObject({ id: z.string().min(1).max(600) });

const ListUrl = z
  .url({ protocol: /^https$/ })
  .max(2000)
  .refine((url) => !/^https:[\\/]*[^\\/?#]*@/i.test(url), said('user_in_url'));

const read = { permission: 'suppressions:read' } as const;
const write = { permission: 'suppressions:write', audit: 'suppression.changed' } as const;
const configure = { permission: 'suppressions:configure', audit: 'configuration.changed' } as const;

export const suppressionsApi = {
  listSuppressions: route('GET', '/api/v1/suppressions', 'Addresses that are not mailed, masked', {
    ...read,
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      cursor: Cursor.optional(),
      scope: Scope.optional(),
      reason: Reason.optional(),
    }),
    reply: pageOf(SuppressionReply),
  }),
  /** A body, not a query: addresses do not belong into the logs of proxies. */
  findSuppressions: route('POST', '/api/v1/suppressions/search', 'What stands against one address', {
    ...read,
    body: z.strictObject({ address: Address }),
    reply: z.strictObject({ items: z.array(SuppressionReply) }),
  }),
  addSuppressions: route('POST', '/api/v1/suppressions', 'Mail these addresses no more', {
    ...write,
    body: z.strictObject({
      addresses: z.array(Address).min(1).max(1000),
      scope: Scope.default('*'),
      reason: OwnReason.default('manual'),
    }),
    reply: ImportReply,
    status: 201,
  }),
  removeSuppression: route('DELETE', '/api/v1/suppressions/{id}', 'Mail an address again', {
    ...write,
    params: EntryParams,
    reply: z.undefined(),
    status: 204,
  }),
  importSuppressions: route(
    'POST',
    '/api/v1/suppressions/import',
    'Take in a CSV file of addresses, with columns scope and reason if it has them',
    {
      ...write,
      body: z.strictObject({
        csv: z.string().max(TEN_MEGABYTES),
        scope: Scope.default('*'),
        reason: OwnReason.default('manual'),
      }),
      bodyLimit: TEN_MEGABYTES,
      reply: ImportReply,
    },
  ),
  exportSuppressions: route(
    'GET',
    '/api/v1/suppressions/export',
    'All of them as CSV, with the addresses in the clear where they were told',
    {
      permission: 'suppressions:export',
      audit: 'personal-data.exported',
      sensitive: true,
      reply: z.string(),
      streams: 'text/csv; charset=utf-8',
    },
  ),

  listBlockLists: route('GET', '/api/v1/suppressions/lists', 'Lists of addresses that others keep', {
    ...read,
    reply: z.strictObject({ items: z.array(BlockListReply) }),
  }),
  addBlockList: route(
    'POST',
    '/api/v1/suppressions/lists',
    'Fetch a CSV file each hour and mail nobody in it',
    {
      ...configure,
      body: z.strictObject({ name: line(1, 100), url: ListUrl }),
      reply: BlockListReply,
      status: 201,
    },
  ),
  removeBlockList: route('DELETE', '/api/v1/suppressions/lists/{id}', 'Forget a list and all its entries', {
    ...configure,
    params: IdParams,
    reply: z.undefined(),
    status: 204,
  }),
  refreshBlockList: route('POST', '/api/v1/suppressions/lists/{id}/refresh', 'Fetch a list within a minute', {
    permission: 'suppressions:write',
    params: IdParams,
    reply: z.undefined(),
    status: 204,
  }),
};
