import type { TransportName } from '../domain/automation.ts';
import type { ErrorClass, ErrorCode, Facts } from '../domain/errors.ts';
import type { HoldScope, Lane, RunState, SendCounts } from '../domain/run.ts';
import type { OpenHours } from '../domain/schedule/window.ts';
import type { DeliveryState, SendState } from '../domain/send-states.ts';
import type { Again, CanaryState, RunGates } from './run-gates.ts';

export interface Run {
  readonly id: string;
  readonly automationId: string;
  readonly automationVersion: number;
  readonly automationName: string;
  readonly organisation: string;
  readonly fromIdentity: string;
  /** Pinned at the start: doubtful sends are asked after where they went. */
  readonly transport: TransportName;
  readonly businessDate: string;
  readonly lane: Lane;
  /** Its automation has an update query. */
  readonly writesBack: boolean;
  /** Its mail is advertising or offers to unsubscribe. */
  readonly declinable: boolean;
  readonly state: RunState;
  readonly startedBy: string;
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly targets: number;
  /** Its first sends are on trial, or were sent and are being watched; the rest waits. */
  readonly canary?: CanaryState;
  /** Present in a run of one mail that a person has sent again. */
  readonly again?: Again;
  readonly error?: { readonly code: ErrorCode; readonly facts: Facts };
  /** It takes the single mails of this client, of no automation. */
  readonly client?: string;
}

export type NewRun = Omit<Run, 'state' | 'finishedAt' | 'targets' | 'error' | 'canary'> & {
  readonly idempotencyKey?: string;
  /** The hours in which its mails may leave; none: always. */
  readonly window?: OpenHours;
  readonly canary?: boolean;
  /** For recurrence its mails count as of this moment, instead of when they were sent. */
  readonly countsAt?: number;
  /** It takes further mails until then, and does not end before. */
  readonly openUntil?: number;
};

export type StartedRun =
  | { readonly kind: 'started'; readonly run: Run }
  /** The same Idempotency-Key was used before. */
  | { readonly kind: 'repeated'; readonly run: Run }
  /** Another run of the automation has not ended. */
  | { readonly kind: 'live'; readonly run: Run };

export interface Plan {
  readonly run: Run;
  readonly fence: number;
  /** Encrypted: the last key whose rows are committed. */
  readonly position?: Uint8Array;
  readonly batches: number;
}

/** A target row as the ledger keeps it: nothing in it can be read without the run's data key but `masked` and `domain`. */
export interface PlannedSend {
  readonly id: string;
  readonly batchId?: string;
  readonly keyHash: string;
  readonly occurrence: number;
  readonly addressHash: string;
  readonly addressMasked: string;
  readonly domain: string;
  readonly payload: Uint8Array;
  readonly state: Extract<SendState, 'pending' | 'suppressed' | 'skipped' | 'held'>;
  readonly fault?: Fault;
}

export interface Fault {
  readonly code: ErrorCode;
  readonly class: ErrorClass;
  readonly facts: Facts;
}

export interface PlanChunk {
  readonly runId: string;
  readonly fence: number;
  readonly leaseMs: number;
  readonly position: Uint8Array;
  readonly batchIds: readonly string[];
  /** Those of them that go out first, on trial. */
  readonly canaryBatchIds?: readonly string[];
  readonly sends: readonly PlannedSend[];
  /** A fault that will stop the run once everything is listed. */
  readonly stop?: Pick<Fault, 'code' | 'facts'>;
}

export interface DueSend {
  readonly id: string;
  readonly payload: Uint8Array;
  readonly state: 'pending' | 'retry' | 'in_doubt';
  /** Tries that count; the number of calls is higher when the transport asked for a slower pace. */
  readonly attempts: number;
  readonly calls: number;
  /** When the last call was marked, on the store's clock; 0: never. */
  readonly calledAt: number;
  /** What the transport said to the last call, where it was no acceptance. */
  readonly fault?: Fault;
}

export interface ClaimedBatch {
  readonly id: string;
  readonly fence: number;
  readonly run: Run;
  readonly sends: readonly DueSend[];
}

/** What became of one call. Identified by send and call number, never by the fence. */
export type Settlement = { readonly sendId: string; readonly call: number } & (
  | { readonly to: 'sent'; readonly messageId: string }
  | { readonly to: 'retry'; readonly afterMs: number; readonly counts: boolean; readonly fault: Fault }
  | { readonly to: 'failed'; readonly fault: Fault }
  | { readonly to: 'in_doubt'; readonly waitMs: number; readonly fault: Fault }
);

/** A send that is settled without a call: its content or its attachment is at fault, or its policy has decided. */
export interface Refusal {
  readonly sendId: string;
  readonly to: 'failed' | 'skipped' | 'held' | 'pending';
  readonly fault: Fault;
}

export interface WaveMark {
  readonly batchId: string;
  readonly fence: number;
  readonly sends: readonly { readonly sendId: string; readonly call: number }[];
  readonly settled: readonly Settlement[];
}

export interface AcceptanceProof {
  readonly attemptId: string;
  readonly messageId: string;
  readonly at: number;
}

export interface WriteBackItem {
  readonly sendId: string;
  readonly payload: Uint8Array;
  readonly tries: number;
}

export type WriteBackResult = { readonly sendId: string } & (
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly afterMs: number; readonly code: ErrorCode }
  | { readonly kind: 'given-up'; readonly code: ErrorCode }
);

export interface SendRecord {
  readonly id: string;
  readonly runId: string;
  readonly addressMasked: string;
  readonly domain: string;
  readonly state: SendState;
  readonly delivery: DeliveryState;
  readonly attempts: number;
  readonly calls: number;
  /** When the last call was marked, on the store's clock. */
  readonly calledAt?: number;
  readonly messageId?: string;
  readonly fault?: Fault;
  readonly settledAt?: number;
  readonly writeBack: 'none' | 'due' | 'done' | 'failed';
}

export interface Hold {
  readonly id: string;
  readonly scope: HoldScope;
  readonly scopeId: string;
  readonly reason: string;
  /** Of an error whose code is the reason. */
  readonly facts?: Facts;
  readonly author: string;
  readonly createdAt: number;
  readonly until?: number;
}

/** `forMs` counts on the store's clock, `until` is a moment that somebody has named. */
export type NewHold = Omit<Hold, 'createdAt'> & { readonly forMs?: number };

/** Which sends a person decides on: named ones, or all of a kind. */
export type SendChoice =
  | { readonly sendIds: readonly string[] }
  | { readonly classes?: readonly ErrorClass[]; readonly codes?: readonly ErrorCode[] };

/**
 * A person moves failed sends to `retry`, but for those that a person has settled, and held ones anywhere else.
 * A send goes out only when no other address of its recipient in this run has got the mail or may still get it.
 */
export interface Ruling {
  readonly runId: string;
  readonly choice: SendChoice;
  readonly to: 'retry' | 'sent' | 'failed' | 'pending';
  readonly by: string;
  readonly reason: string;
  /** Leaves out whom another run of the automation has mailed since this moment, or still has open. */
  readonly unlessSentSince?: number;
}

export type Ruled =
  | { readonly kind: 'ruled'; readonly sendIds: readonly string[] }
  /** Another run of the automation is live, and only one may be. */
  | { readonly kind: 'live'; readonly run: string }
  /** The run was cancelled, failed, or is not planned: it takes no mails any more. */
  | { readonly kind: 'closed' };

/** A run whose sends do not add up, or that waits for what nobody will do. */
export interface TotalsFault {
  readonly runId: string;
  readonly state: RunState;
  readonly targets: number;
  readonly sends: number;
  readonly open: number;
  /** Open sends that no due batch carries. */
  readonly stranded: number;
}

export interface EarlierSend {
  readonly keyHash: string;
  readonly runId: string;
  readonly state: SendState;
}

export interface Page {
  readonly limit: number;
  readonly after?: string;
}

export interface RunFilter {
  readonly automationId?: string;
  readonly organisation?: string;
  /** Only of these; none: of all. An empty list finds nothing. */
  readonly organisations?: readonly string[];
  readonly states?: readonly RunState[];
  /** Started at or after, and before. */
  readonly from?: number;
  readonly to?: number;
}

export interface SendFilter {
  readonly states?: readonly SendState[];
  readonly delivery?: DeliveryState;
  readonly code?: ErrorCode;
  readonly domain?: string;
}

/** Sends of a run that have the same fault, or, without one, the same state. */
export interface FaultGroup {
  readonly state: SendState;
  readonly fault?: Fault;
  readonly sends: number;
}

/**
 * The record of what was planned, called and settled. Every method is one durable transaction; leases and
 * due times are read off the database's clock, so that the clocks of the machines do not matter.
 */
export interface Ledger extends RunGates {
  startRun(run: NewRun): Promise<StartedRun>;
  run(id: string): Promise<Run | undefined>;
  runs(page: Page & RunFilter): Promise<readonly Run[]>;
  liveRuns(): Promise<readonly Run[]>;
  counts(runId: string): Promise<SendCounts>;
  sends(runId: string, page: Page & SendFilter): Promise<readonly SendRecord[]>;
  /** What the sends carry, encrypted, by their ids. */
  payloads(sendIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** The sends that did not go out, by what stood against them; the largest group first. */
  faultGroups(runId: string, limit: number): Promise<readonly FaultGroup[]>;

  /** Undefined: somebody else is planning it, or it is planned. */
  takePlan(runId: string, leaseMs: number): Promise<Plan | undefined>;
  /** False: the fence was lost, and nothing of the chunk was written. */
  appendPlan(chunk: PlanChunk): Promise<boolean>;
  finishPlan(runId: string, fence: number, next?: 'sending' | 'awaiting_approval'): Promise<boolean>;
  /** Gives the lease back, so that the next worker need not wait for its end. */
  yieldPlan(runId: string, fence: number): Promise<void>;
  failRun(runId: string, fault: Pick<Fault, 'code' | 'facts'>): Promise<void>;
  /** Runs that are being planned by nobody. */
  unplannedRuns(): Promise<readonly string[]>;
  /** When this automation last sent to these keys. */
  sentBefore(automationId: string, keyHashes: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** What other runs of this automation still have open, held or not written back for these keys. */
  openElsewhere(
    automationId: string,
    runId: string,
    keyHashes: readonly string[],
  ): Promise<readonly EarlierSend[]>;

  /** Marks up to `limit` due batches as enqueued for so long and names them; urgent first. */
  takeDueBatches(
    lane: Lane,
    limit: number,
    windowMs: number,
  ): Promise<readonly { readonly runId: string; readonly batchId: string }[]>;
  /** Batches that are enqueued or being worked on now. */
  enqueuedBatches(lane: Lane): Promise<number>;
  /** The queue has lost them: due again at once. */
  forgetEnqueued(lane: Lane): Promise<void>;
  /** No send waits longer than this from now on; one that does began before the clock was turned back. */
  capWaits(longestMs: number): Promise<void>;

  /** Takes the batch for so long; whatever a dead worker had marked becomes in doubt until `doubtWaitMs` has passed. */
  claimBatch(batchId: string, leaseMs: number, doubtWaitMs: number): Promise<ClaimedBatch | undefined>;
  renewLease(batchId: string, fence: number, leaseMs: number): Promise<boolean>;
  /** Marks sends as `sending` before their calls, and settles earlier ones with the same commit; the ids that were marked. */
  markWave(mark: WaveMark): Promise<ReadonlySet<string>>;
  settle(settlements: readonly Settlement[]): Promise<void>;
  refuse(batchId: string, fence: number, refusals: readonly Refusal[]): Promise<void>;
  releaseBatch(batchId: string, fence: number): Promise<void>;
  /** All doubtful sends of a batch, also those whose wait is not over: for a transport that can be asked. */
  doubtfulIn(batchId: string): Promise<readonly DueSend[]>;
  /** Whoever held a batch or a plan is known to be dead: they are free at once. */
  endLeases(): Promise<void>;
  acceptEvidence(proofs: readonly AcceptanceProof[]): Promise<void>;

  /** True when this call ended the run. A run whose sends do not add up ends as failed, and says so. */
  finishRun(runId: string): Promise<boolean>;
  cancelRun(runId: string, by: string): Promise<boolean>;

  /** Moves sends by a person's word, and reopens a finished run that has work again. */
  rule(ruling: Ruling): Promise<Ruled>;
  /** When the wait for evidence of the run's last doubtful send is over. */
  doubtsUntil(runId: string): Promise<number | undefined>;
  /** Runs whose numbers cannot be right. */
  totalsFaults(): Promise<readonly TotalsFault[]>;
  /** True when evidence of a call later than this one has arrived: the event path of this transport is alive. */
  evidenceSince(transport: TransportName, calledAt: number): Promise<boolean>;

  hold(hold: NewHold): Promise<void>;
  /** False: no such hold, or it was lifted before. */
  liftHold(id: string, by: string): Promise<boolean>;
  holdsOn(run: Run): Promise<readonly Hold[]>;
  /** Those of exactly this scope. */
  holdsOf(scope: HoldScope, scopeId: string): Promise<readonly Hold[]>;

  writeBacksDue(runId: string, limit: number): Promise<readonly WriteBackItem[]>;
  runsWithWriteBacks(): Promise<readonly string[]>;
  recordWriteBacks(results: readonly WriteBackResult[]): Promise<void>;
}
