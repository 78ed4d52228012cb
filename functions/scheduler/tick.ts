import type { Lane } from '../../shared/domain/run.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { QUEUES, type QueueDepth, type QueueName } from '../../shared/ports/queue.ts';
import { feedQueue } from '../../shared/use-cases/feed-queue.ts';
import type { ExpandMessage, WriteBackMessage } from '../../shared/wire/messages.ts';
import { judgeCanaries } from './judge-canaries.ts';
import { keepFeedback } from './keep-feedback.ts';
import { moveWindows } from './move-windows.ts';
import { startScheduled } from './start-scheduled.ts';

/** Everything that must go on although a message was lost, a worker died or nobody asked. */
export const tick = async (ports: Ports): Promise<void> => {
  await startScheduled(ports);
  await planUnplanned(ports);
  await moveWindows(ports);
  await judgeCanaries(ports, await (await ports.ledger()).liveRuns());
  await healLanes(ports);
  await capWaits(ports);
  await feedQueue(ports);
  await askForWriteBacks(ports);
  await endRuns(ports);
  await keepFeedback(ports);
};

const planUnplanned = async (ports: Ports): Promise<void> => {
  const runs = await (await ports.ledger()).unplannedRuns();
  // A message in flight is no hindrance: nobody holds these runs, so whoever took it is dead, or has not begun.
  await sendUnlessWaiting(
    ports,
    'expand',
    runs.map((runId) => ({ v: 1, kind: 'expand', runId }) satisfies ExpandMessage),
    ({ visible }) => visible,
  );
};

const askForWriteBacks = async (ports: Ports): Promise<void> => {
  const runs = await (await ports.ledger()).runsWithWriteBacks();
  await sendUnlessWaiting(
    ports,
    'write-back',
    runs.map((runId) => ({ v: 1, kind: 'write-back', runId }) satisfies WriteBackMessage),
    ({ visible, inFlight }) => visible + inFlight,
  );
};

/** A doubled message does nothing twice, but each tick must not pile up more of them. */
const sendUnlessWaiting = async (
  ports: Ports,
  name: QueueName,
  messages: readonly object[],
  waiting: (depth: QueueDepth) => number,
): Promise<void> => {
  if (messages.length === 0) return;
  const queue = await ports.queue();
  if (waiting(await queue.depth(name)) === 0)
    await queue.send(
      name,
      messages.map((message) => ({ body: JSON.stringify(message) })),
    );
};

/** An empty lane that the store believes to be full was purged or lost: what it carried is due again. */
const healLanes = async (ports: Ports): Promise<void> => {
  const [ledger, queue] = await Promise.all([ports.ledger(), ports.queue()]);
  for (const lane of LANES) {
    const { visible, inFlight, delayed } = await queue.depth(lane);
    if (visible + inFlight + delayed === 0) await ledger.forgetEnqueued(lane);
  }
};

const capWaits = async ({ ledger, limits }: Ports): Promise<void> =>
  (await ledger()).capWaits(Math.max(...limits.retryWaitsMs, limits.inDoubtWaitMs));

const LANES = QUEUES.filter((name): name is Lane => name === 'urgent' || name === 'bulk');

const endRuns = async (ports: Ports): Promise<void> => {
  const ledger = await ports.ledger();
  for (const run of await ledger.liveRuns()) if (run.state === 'sending') await ledger.finishRun(run.id);
};
