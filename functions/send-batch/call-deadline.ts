import type { Ports } from '../../shared/ports/ports.ts';

/** A call that is aborted at its end must still be written down before the lease, and the invocation, are over. */
const COMMIT_MARGIN_MS = 3_000;

export interface CallDeadline {
  /** Whether a call that starts now, and may take its whole time-out, still ends in time. */
  roomForCall(): boolean;
  /** Whether this invocation lives long enough to try once more to write down what is known. */
  roomForSaving(): boolean;
  /** By a renewal that was asked for at this moment. */
  extend(askedAt: number): void;
  readonly needsRenewal: boolean;
}

/**
 * Measured on the monotonic clock: a wall clock that jumps must not stretch a lease. From the moment it was asked for,
 * not when the answer came: a process that was frozen between the two would believe in a lease that is over.
 */
export const callDeadline = (ports: Ports, claimAskedAt: number, remainingMs: () => number): CallDeadline => {
  const { clock } = ports.runtime;
  const { leaseMs, callTimeoutMs } = ports.limits;
  const needed = callTimeoutMs + COMMIT_MARGIN_MS;
  // Well before a short lease would leave no room: the batch would be let go with half of its time unused.
  const renewedAt = Math.max(leaseMs / 2, needed + leaseMs / 8);
  let leaseEnds = claimAskedAt + leaseMs;
  return {
    roomForCall: () => Math.min(leaseEnds - clock.monotonic(), remainingMs()) > needed,
    roomForSaving: () => remainingMs() > COMMIT_MARGIN_MS,
    extend: (askedAt) => {
      leaseEnds = askedAt + leaseMs;
    },
    get needsRenewal() {
      return leaseEnds - clock.monotonic() < renewedAt;
    },
  };
};
