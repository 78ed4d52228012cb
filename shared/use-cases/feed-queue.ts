import type { Lane } from '../domain/run.ts';
import type { Ports } from '../ports/ports.ts';
import type { SendMessage } from '../wire/messages.ts';

const BATCH_SIZE = 50;
/** With no pace to go by: enough for the fastest worker until the next feeding, and no more than one purge may cost. */
const UNPACED_BATCHES = 200;
const MIN_BATCHES = 8;
/** While the transport does not say what it allows. */
const LOW_RATE = 1;
/** Not for every batch that was finished: half of the window at once is one commit in each store instead of a hundred. */
const REFILL_AT = 0.5;

/** The store is the backlog: the queue is given what workers will do within its window, urgent work first and all of it. */
export const feedQueue = async (ports: Ports): Promise<number> => {
  const urgent = await feedUrgent(ports);
  return urgent + (await feedLane(ports, 'bulk', await bulkBatches(ports)));
};

export const feedUrgent = (ports: Ports): Promise<number> => feedLane(ports, 'urgent', UNPACED_BATCHES);

const bulkBatches = async ({ pace, limits }: Ports): Promise<number> => {
  const rate = await (await pace()).rate().catch(() => LOW_RATE);
  if (rate === undefined) return UNPACED_BATCHES;
  const batches = Math.ceil((rate * limits.queueWindowMs) / 1000 / BATCH_SIZE);
  return Math.min(Math.max(batches, MIN_BATCHES), UNPACED_BATCHES);
};

const feedLane = async (ports: Ports, lane: Lane, allowed: number): Promise<number> => {
  const ledger = await ports.ledger();
  const free = allowed - (await ledger.enqueuedBatches(lane));
  if (free < allowed * REFILL_AT) return 0;
  const due = await ledger.takeDueBatches(lane, free, ports.limits.queueWindowMs);
  if (due.length === 0) return 0;
  const queue = await ports.queue();
  await queue.send(
    lane,
    due.map((batch) => ({ body: JSON.stringify({ v: 1, kind: 'send', ...batch } satisfies SendMessage) })),
  );
  return due.length;
};
