import type { TankError } from '../../domain/errors.ts';
import { BODY_BYTES } from '../../domain/queue-limits.ts';
import type { Clock } from '../../ports/runtime.ts';
import { sqsUnavailable, toTankFault } from './faults.ts';

/** One entry of a batch call; `bytes` is what it adds to the size of the call. */
export interface Entry {
  readonly Id: string;
  readonly bytes: number;
}

export interface BatchAnswer {
  readonly Failed?:
    | readonly {
        readonly Id?: string | undefined;
        readonly Code?: string | undefined;
        readonly SenderFault?: boolean | undefined;
      }[]
    | undefined;
}

export interface BatchCall<E extends Entry> {
  readonly perform: (entries: readonly E[]) => Promise<BatchAnswer>;
  /** What an entry means that SQS will never take: undefined passes it over. */
  readonly refused: (code: string) => TankError | undefined;
  readonly clock: Clock;
}

const MOST_ENTRIES = 10;
const SIDE_BY_SIDE = 8;
const RETRY_WAITS_MS = [100, 400, 1600];

/** A batch call carries ten entries and 1 MiB at most; several calls run side by side. */
export const callInBatches = async <E extends Entry>(
  entries: readonly E[],
  call: BatchCall<E>,
): Promise<void> => {
  const batches = split(entries);
  const worker = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) await callUntilTaken(batch, call);
  };
  const settled = await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, worker));
  for (const end of settled) if (end.status === 'rejected') throw end.reason;
};

export const split = <E extends Entry>(entries: readonly E[]): E[][] => {
  const batches: E[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const last = batches.at(-1);
    if (last && last.length < MOST_ENTRIES && bytes + entry.bytes <= BODY_BYTES) {
      last.push(entry);
      bytes += entry.bytes;
    } else {
      batches.push([entry]);
      bytes = entry.bytes;
    }
  }
  return batches;
};

/** A batch call succeeds as a call while entries of it fail: those, and no others, are sent again. */
const callUntilTaken = async <E extends Entry>(batch: readonly E[], call: BatchCall<E>): Promise<void> => {
  let left = batch;
  for (const wait of [...RETRY_WAITS_MS, undefined]) {
    const failed = await performOnce(left, call);
    if (failed.size === 0) return;
    if (wait === undefined) throw sqsUnavailable([...failed.values()][0] ?? 'unknown');
    left = left.filter((entry) => failed.has(entry.Id));
    await call.clock.sleep(wait);
  }
};

/** The entries to try again, with the code of each. */
const performOnce = async <E extends Entry>(
  entries: readonly E[],
  call: BatchCall<E>,
): Promise<ReadonlyMap<string, string>> => {
  const again = new Map<string, string>();
  const answer = await call.perform(entries).catch((thrown: unknown) => Promise.reject(toTankFault(thrown)));
  for (const { Id = '', Code = 'unknown', SenderFault } of answer.Failed ?? []) {
    if (!SenderFault) {
      again.set(Id, Code);
      continue;
    }
    const refusal = call.refused(Code);
    if (refusal) throw refusal;
  }
  return again;
};
