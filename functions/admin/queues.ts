import type { Ports } from '../../shared/ports/ports.ts';
import { type DeadMessage, QUEUES, type QueueName } from '../../shared/ports/queue.ts';
import { OwnMessage } from '../../shared/wire/messages.ts';

type QueuePorts = Pick<Ports, 'queue'>;

export const listQueues = async ({ queue }: QueuePorts) => {
  const opened = await queue();
  const items = await Promise.all(
    QUEUES.map(async (name) => ({ queue: name, ...(await opened.depth(name)) })),
  );
  return { items };
};

export const listDeadMessages = async ({ queue }: QueuePorts, name: QueueName, limit: number) => {
  const dead = await (await queue()).listDead(name, limit);
  return { items: dead.map(toShown) };
};

export const redriveQueue = async ({ queue }: QueuePorts, name: QueueName) => ({
  redriven: await (await queue()).redrive(name),
});

const toShown = ({ messageId, sentAt, receiveCount, body }: DeadMessage) => ({
  messageId,
  sentAt: new Date(sentAt).toISOString(),
  receiveCount,
  bytes: Buffer.byteLength(body),
  ...idsIn(body),
});

/** Of Tank's own messages; whatever else lies there is not shown. */
const idsIn = (body: string): { readonly kind?: string; readonly run?: string; readonly batch?: string } => {
  const message = OwnMessage.safeParse(parsed(body));
  if (!message.success) return {};
  const { kind, runId } = message.data;
  return { kind, run: runId, ...('batchId' in message.data ? { batch: message.data.batchId } : {}) };
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
