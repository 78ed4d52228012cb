import { z } from 'zod';
import { QUEUES } from '../domain/queue-names.ts';
import { route } from './api.ts';

const count = z.int().min(0);

const QueueReply = z.strictObject({
  queue: z.enum(QUEUES),
  visible: count,
  inFlight: count,
  delayed: count,
  /** Received too often without success: nobody looks at them again until they are redriven. */
  dead: count,
});

/** Ids at most: an event holds addresses, and a message that nobody understands may hold anything. */
const DeadReply = z.strictObject({
  messageId: z.string(),
  sentAt: z.iso.datetime(),
  receiveCount: count,
  bytes: count,
  kind: z.string().optional(),
  run: z.string().optional(),
  batch: z.string().optional(),
});

const params = z.strictObject({ queue: z.enum(QUEUES) });

export const queuesApi = {
  listQueues: route('GET', '/api/v1/queues', 'How much waits in each queue, and what is dead', {
    permission: 'system:read',
    reply: z.strictObject({ items: z.array(QueueReply) }),
  }),
  listDeadMessages: route('GET', '/api/v1/queues/{queue}/dead', 'Messages that were given up', {
    permission: 'system:read',
    params,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    reply: z.strictObject({ items: z.array(DeadReply) }),
  }),
  redriveQueue: route('POST', '/api/v1/queues/{queue}/redrive', 'Give the dead messages another chance', {
    audit: 'queue.redriven',
    permission: 'system:write',
    params,
    reply: z.strictObject({ redriven: count }),
  }),
};
