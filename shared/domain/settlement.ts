import { ERRORS, type ErrorCode } from './errors.ts';
import type { EvidenceKind } from './evidence.ts';
import type { Outcome } from './outcome.ts';
import { nextTry } from './retry.ts';

/** How an outcome is written down on its send. */
export type Verdict =
  | { readonly to: 'sent'; readonly messageId: string }
  | { readonly to: 'retry'; readonly afterMs: number; readonly counts: boolean; readonly fault: OutcomeFault }
  | { readonly to: 'failed'; readonly fault: OutcomeFault }
  | { readonly to: 'in_doubt'; readonly waitMs: number; readonly fault: OutcomeFault };

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
      return { to: 'sent', messageId: outcome.messageId };
    case 'rejected':
      return {
        to: 'failed',
        fault: fault(outcome.fault === 'recipient' ? 'recipient_rejected' : 'mail_rejected', outcome.code),
      };
    case 'doubtful':
      return {
        to: 'in_doubt',
        waitMs: waits.inDoubtWaitMs,
        fault: fault('transport_doubtful', outcome.code),
      };
    case 'temporary':
      return tryAgain(outcome.code, attemptsBefore, waits);
    // No recipient's fault, and nothing was said to anybody: an hour without a network must not use up the tries.
    case 'unreached':
      return uncounted('transport_unreached', outcome.code);
    case 'throttled':
      return uncounted('transport_throttled', outcome.code);
    case 'quota':
      return uncounted('quota_exhausted', outcome.code);
    case 'stopped':
      return uncounted('transport_stopped', outcome.code);
  }
};

const fault = (code: ErrorCode, reason: string): OutcomeFault => ({
  code,
  class: ERRORS[code].class,
  facts: { reason },
});

const uncounted = (code: ErrorCode, reason: string): Verdict => ({
  to: 'retry',
  afterMs: UNCOUNTED_WAIT_MS,
  counts: false,
  fault: fault(code, reason),
});

const tryAgain = (reason: string, attemptsBefore: number, waits: Waits): Verdict => {
  const next = nextTry(attemptsBefore + 1, waits.retryWaitsMs);
  return next.kind === 'retry'
    ? { to: 'retry', afterMs: next.afterMs, counts: true, fault: fault('transport_temporary', reason) }
    : { to: 'failed', fault: fault('transport_temporary', reason) };
};

/** Only events are worth waiting for: a transport that can be asked is asked at once, and one that never tells is not waited for. */
export const doubtWaitMs = (
  evidence: EvidenceKind,
  { inDoubtWaitMs }: Pick<Waits, 'inDoubtWaitMs'>,
): number => (evidence === 'events' ? inDoubtWaitMs : 0);

/** The transport did not say what became of the mail, or was not there at all. */
export const isSilence = ({ kind }: Outcome): boolean => kind === 'doubtful' || kind === 'unreached';

/** Taken, or perhaps taken. */
export const usesQuota = ({ kind }: Outcome): boolean => kind === 'accepted' || kind === 'doubtful';

const OF_ACCOUNT =
  /^(Account|SendingPaused|ConfigurationSet|NotFound|UnrecognizedClient|Invalid|SignatureDoesNotMatch|Incomplete|Expired|Request|MissingAuthentication|AccessDenied|NotAuthorized|OptIn|Unauthorized|Credentials|CERT_|ERR_TLS|UNABLE_|SELF_SIGNED|DEPTH_ZERO|EAUTH|ses_client|smtp_client|http_|53[0458]\b)/;
/** A sender that the transport does not let send: the address of the mail, or the domain behind it. */
const OF_IDENTITY = /^(MailFromDomainNotVerified|MessageRejected|5\d\d\b)/;

/** How far a refusal to send at all reaches: one run, everything from this sender, or everything that leaves this way. */
export const holdScopeOf = (code: string): 'run' | 'identity' | 'account' => {
  if (OF_ACCOUNT.test(code)) return 'account';
  return OF_IDENTITY.test(code) ? 'identity' : 'run';
};
