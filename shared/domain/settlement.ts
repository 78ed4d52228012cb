import { ERRORS, type ErrorCode } from './errors.ts';
import type { Outcome } from './outcome.ts';
import { nextTry } from './retry.ts';

/** How an outcome is written down. `stop` and `quota` also hold more than this one send. */
export interface Verdict {
  readonly move:
    | { readonly to: 'sent'; readonly messageId: string }
    | {
        readonly to: 'retry';
        readonly afterMs: number;
        readonly counts: boolean;
        readonly fault: OutcomeFault;
      }
    | { readonly to: 'failed'; readonly fault: OutcomeFault }
    | { readonly to: 'in_doubt'; readonly waitMs: number; readonly fault: OutcomeFault };
  readonly hold?: 'stopped' | 'quota';
}

interface OutcomeFault {
  readonly code: ErrorCode;
  readonly class: (typeof ERRORS)[ErrorCode]['class'];
  readonly facts: { readonly reason: string };
}

export interface Waits {
  readonly retryWaitsMs: readonly number[];
  readonly inDoubtWaitMs: number;
}

/** A call that cost nothing is repeated soon; the pace, not this wait, keeps it from hurrying. */
const UNCOUNTED_WAIT_MS = 1_000;

export const verdictOn = (outcome: Outcome, attemptsBefore: number, waits: Waits): Verdict => {
  switch (outcome.kind) {
    case 'accepted':
      return { move: { to: 'sent', messageId: outcome.messageId } };
    case 'rejected':
      return {
        move: {
          to: 'failed',
          fault: fault(outcome.fault === 'recipient' ? 'recipient_rejected' : 'mail_rejected', outcome.code),
        },
      };
    case 'doubtful':
      return {
        move: {
          to: 'in_doubt',
          waitMs: waits.inDoubtWaitMs,
          fault: fault('transport_doubtful', outcome.code),
        },
      };
    case 'temporary':
      return tryAgain('transport_temporary', outcome.code, attemptsBefore, waits);
    case 'unreached':
      return tryAgain('transport_unreached', outcome.code, attemptsBefore, waits);
    case 'throttled':
      return uncounted('transport_throttled', outcome.code);
    case 'quota':
      return { ...uncounted('quota_exhausted', outcome.code), hold: 'quota' };
    case 'stopped':
      return { ...uncounted('transport_stopped', outcome.code), hold: 'stopped' };
  }
};

const fault = (code: ErrorCode, reason: string): OutcomeFault => ({
  code,
  class: ERRORS[code].class,
  facts: { reason },
});

const uncounted = (code: ErrorCode, reason: string): Verdict => ({
  move: { to: 'retry', afterMs: UNCOUNTED_WAIT_MS, counts: false, fault: fault(code, reason) },
});

const tryAgain = (code: ErrorCode, reason: string, attemptsBefore: number, waits: Waits): Verdict => {
  const next = nextTry(attemptsBefore + 1, waits.retryWaitsMs);
  return next.kind === 'retry'
    ? { move: { to: 'retry', afterMs: next.afterMs, counts: true, fault: fault(code, reason) } }
    : { move: { to: 'failed', fault: fault(code, reason) } };
};
