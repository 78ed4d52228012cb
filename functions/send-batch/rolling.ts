import type { Breaker } from '../../shared/ports/breaker.ts';
import type { ClaimedBatch, Ledger, Settlement } from '../../shared/ports/ledger.ts';
import type { Pace } from '../../shared/ports/pace.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Transport } from '../../shared/ports/transport.ts';
import type { CallDeadline } from './call-deadline.ts';
import type { CallGate } from './call-gate.ts';
import type { Draft } from './draft-mails.ts';
import type { RunKit } from './run-kit.ts';

/** What sending one batch works with, and how far it has come. */
export interface Rolling {
  readonly ports: Ports;
  readonly kit: RunKit;
  readonly ledger: Ledger;
  readonly pace: Pace;
  readonly breaker: Breaker;
  readonly gate: CallGate;
  readonly transport: Transport;
  readonly batch: ClaimedBatch;
  readonly deadline: CallDeadline;
  /** Not marked yet. */
  readonly waiting: Draft[];
  /** Marked, and not answered yet. */
  readonly calls: Set<Promise<void>>;
  /** Answered, and not durable yet. */
  answered: Settlement[];
  stopped: boolean;
}

/** When a marked send is called; `probing`: alone, to try whether the transport answers again. */
export interface Start {
  readonly at: number;
  readonly probing: boolean;
}

/** Sends that are not marked stay due in the store; whoever claims the batch next finds them there. */
export const stop = (rolling: Rolling): undefined => {
  rolling.stopped = true;
};
