import { UniqueViolation } from '../../../ports/database.ts';
import type { OpenRun, Place } from '../../../ports/messages.ts';
import { type LedgerContext, number, text } from '../ledger/context.ts';
import { insertRun, liveKey } from '../ledger/start.ts';

/** Numbers that a process takes at once; those that a crash leaves unused are missed by nobody. */
const BLOCK = 1_000;
/** Each turn either finds the run or opens it; a rival of another process does the same. */
const TRIES = 10;

interface Block {
  readonly runId: string;
  next: number;
  readonly end: number;
}

/** Numbers for sends in the runs of clients, without a transaction for each. */
export interface Places {
  reserve(run: OpenRun, numbers: number): Promise<Place>;
  /** The run has ended. */
  forget(runId: string): void;
}

export const createPlaces = (context: LedgerContext): Places => {
  const blocks = new Map<string, Promise<Block>>();
  const blockOf = (key: string, run: OpenRun): Promise<Block> => {
    const known = blocks.get(key);
    if (known) return known;
    const taken = takeBlock(context, run);
    blocks.set(key, taken);
    taken.catch(() => blocks.delete(key));
    return taken;
  };
  return {
    reserve: async (run, numbers) => {
      const key = liveKey(run);
      for (;;) {
        const pending = blockOf(key, run);
        const block = await pending;
        if (block.next + numbers <= block.end) {
          const place = { runId: block.runId, number: block.next };
          block.next += numbers;
          return place;
        }
        if (blocks.get(key) === pending) blocks.delete(key);
      }
    },
    forget: (runId) => {
      for (const [key, block] of blocks)
        void block.then(
          (known) => known.runId === runId && blocks.get(key) === block && blocks.delete(key),
          () => undefined,
        );
    },
  };
};

const takeBlock = async (context: LedgerContext, run: OpenRun): Promise<Block> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = (await takeOfOpen(context, run)) ?? (await openRun(context, run));
    if (found) return found;
  }
  throw new Error('the run of a client was opened and ended again and again');
};

const takeOfOpen = async ({ database, dialect }: LedgerContext, run: OpenRun): Promise<Block | undefined> => {
  const taken = await database.atomic([
    {
      sql: `UPDATE run SET batches = batches + ${BLOCK} WHERE live_key = ? AND state = 'sending' AND open_until > ${dialect.now}`,
      values: [liveKey(run)],
      expect: 1,
    },
    { sql: 'SELECT id, batches FROM run WHERE live_key = ?', values: [liveKey(run)] },
  ]);
  const row = taken.committed ? taken.steps[1]?.rows[0] : undefined;
  if (!row) return undefined;
  const end = number(row.batches);
  return { runId: text(row.id), next: end - BLOCK, end };
};

/** Planned by nobody: it takes mails from its first moment. Undefined: another process was faster. */
const openRun = async ({ database }: LedgerContext, run: OpenRun): Promise<Block | undefined> => {
  try {
    await database.atomic([
      insertRun(run),
      { sql: `UPDATE run SET state = 'sending', batches = ${BLOCK} WHERE id = ?`, values: [run.id] },
    ]);
    return { runId: run.id, next: 0, end: BLOCK };
  } catch (thrown) {
    if (thrown instanceof UniqueViolation) return undefined;
    throw thrown;
  }
};
