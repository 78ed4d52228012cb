import { toTankError } from '../../shared/domain/errors.ts';
import { doubtWaitMs } from '../../shared/domain/settlement.ts';
import type { ClaimedBatch } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { demandFreshLists } from '../../shared/use-cases/demand-fresh-lists.ts';
import { feedQueue } from '../../shared/use-cases/feed-queue.ts';
import { holdForFault } from '../../shared/use-cases/hold-run.ts';
import type { SendMessage, WriteBackMessage } from '../../shared/wire/messages.ts';
import { type CallDeadline, callDeadline } from './call-deadline.ts';
import type { createCallGates } from './call-gate.ts';
import { draftMails } from './draft-mails.ts';
import { rollWaves } from './roll-waves.ts';
import type { RunKits } from './run-kit.ts';
import { settleDoubtful } from './settle-doubtful.ts';

/** What the batches of one process have in common. */
export interface SendingProcess {
  readonly ports: Ports;
  readonly kits: RunKits;
  readonly gates: ReturnType<typeof createCallGates>;
}

/**
 * Claim, settle what a dead worker left in doubt, prepare, send in waves, release. A batch that cannot be
 * claimed is somebody else's, held, or done: the message is acknowledged, the store remembers.
 */
export const sendBatch = async (
  process: SendingProcess,
  message: SendMessage,
  remainingMs: () => number,
): Promise<void> => {
  const { ports } = process;
  const ledger = await ports.ledger();
  const run = await ledger.run(message.runId);
  if (!run || (await (await ports.breaker(run.transport)).isShut())) return;
  const doubtWait = doubtWaitMs(ports.evidence(run.transport), ports.limits);
  const askedAt = ports.runtime.clock.monotonic();
  const batch = await ledger.claimBatch(message.batchId, ports.limits.leaseMs, doubtWait);
  if (!batch) return;
  try {
    await workOn(process, batch, callDeadline(ports, askedAt, remainingMs));
  } catch (thrown) {
    await holdOrThrow(ports, batch, thrown);
  } finally {
    await ledger.releaseBatch(batch.id, batch.fence);
  }
  await followUp(ports, batch);
};

const workOn = async (
  { ports, kits, gates }: SendingProcess,
  batch: ClaimedBatch,
  deadline: CallDeadline,
): Promise<void> => {
  const [kit, transport] = await Promise.all([kits.of(batch.run), ports.transport(batch.run.transport)]);
  await settleDoubtful(ports, kit, batch, transport);
  await demandFreshLists(ports, kit.policy);
  const drafts = await draftMails(ports, kit, batch);
  await rollWaves({ ports, kit, batch, drafts, deadline, gate: gates(transport) });
};

/** A source that is away holds the run; anything unforeseen goes back to the queue, and the store loses nothing. */
const holdOrThrow = async (ports: Ports, { run }: ClaimedBatch, thrown: unknown): Promise<void> => {
  const fault = toTankError(thrown);
  if (fault.code === 'internal' || fault.class === 'store') throw thrown;
  await holdForFault(ports, run.id, fault);
};

const followUp = async (ports: Ports, { run }: ClaimedBatch): Promise<void> => {
  const ended = await (await ports.ledger()).finishRun(run.id);
  if (ended) ports.runtime.log.info('run ended', { runId: run.id });
  // Before its end the tick asks every few seconds: the more there is, the fewer array binds and commits it costs.
  if (ended && run.writesBack) await askForWriteBack(ports, run.id);
  await feedQueue(ports);
};

const askForWriteBack = async (ports: Ports, runId: string): Promise<void> => {
  const queue = await ports.queue();
  await queue.send('write-back', [
    { body: JSON.stringify({ v: 1, kind: 'write-back', runId } satisfies WriteBackMessage) },
  ]);
};
