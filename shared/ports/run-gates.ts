import type { PlanCounts } from '../domain/approval.ts';
import type { OpenHours } from '../domain/schedule/window.ts';
import type { NewRun, PlannedSend, Run, SendRecord, StartedRun } from './ledger.ts';

export type CanaryState = 'trying' | 'watched';

/** One mail of an earlier run, sent again for a reason. */
export interface Again {
  readonly sendId: string;
  readonly reason: string;
}

/** A send with what only its run's data key can read. */
export interface StoredSend extends SendRecord {
  readonly payload: Uint8Array;
  readonly keyHash: string;
  readonly occurrence: number;
  readonly addressHash: string;
}

/** A second person's yes or no to a planned run. */
export interface Decision extends PlanCounts {
  readonly runId: string;
  readonly by: string;
  readonly reason?: string;
}

/** The part of the ledger that keeps a run, or a part of it, back: approval, hours, canary; and the mail that goes out again. */
export interface RunGates {
  /** False: the run does not wait for approval any more, or its version or its numbers are not those that were approved. */
  approveRun(decision: Decision): Promise<boolean>;
  /** Ends the run; false as above. */
  rejectRun(decision: Decision): Promise<boolean>;

  send(id: string): Promise<StoredSend | undefined>;
  /** A planned run of this one send, which begins at once. One at a time for each send that is sent again; undefined: that send is open itself. */
  startAgain(run: NewRun & { readonly again: Again }, send: PlannedSend): Promise<StartedRun | undefined>;

  /** Live runs whose send window has closed, with the moment at which it did. */
  closedWindows(): Promise<readonly { readonly run: Run; readonly closedAt: number; readonly now: number }[]>;
  /** The next hours of a run; nothing happens when somebody else has set them. */
  openNext(runId: string, closedAt: number, window: OpenHours): Promise<void>;

  /** When the canary of the run is settled to the last mail: holds the run for so long. True when this call did. */
  watchCanary(runId: string, hold: { readonly id: string; readonly waitMs: number }): Promise<boolean>;
  /**
   * When the watch is over: lets the rest go if there is proof (an event, or a mail that was sent), and
   * holds the run for a person otherwise. Undefined: there was nothing to do.
   */
  judgeCanary(
    runId: string,
    proof: 'event' | 'sent',
    holdId: string,
  ): Promise<'passed' | 'unproven' | undefined>;
}
