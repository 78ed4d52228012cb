/**
 * Five calls in a row that a transport left unanswered open the breaker. From then on one call at a time tries
 * whether it answers again, after waits that grow: an hour of outage must not put a run in doubt.
 */
export interface BreakerState {
  /** Unanswered calls in a row. */
  readonly silent: number;
  /** Waits so far since the transport last answered for a while; 0: closed and trusted. */
  readonly level: number;
  /** Answers in a row since the last silence. */
  readonly answered: number;
  readonly open: boolean;
}

export const CLOSED: BreakerState = { silent: 0, level: 0, answered: 0, open: false };

const OPENS_AFTER = 5;
/** While the last outage is fresh. */
const REOPENS_AFTER = 3;
/** Answers in a row after which an outage is forgotten. */
const TRUSTED_AFTER = 20;
const FIRST_WAIT_MS = 60_000;
const GROWTH = 3;
const LONGEST_WAIT_MS = 30 * 60_000;

/** Any answer counts, also a refusal: the transport has said what became of the mail. */
export const afterAnswer = (state: BreakerState): BreakerState => {
  const answered = state.answered + 1;
  if (answered >= TRUSTED_AFTER) return CLOSED;
  return { silent: 0, level: state.level, answered, open: false };
};

/** Calls that were open when the breaker opened fall silent too: only that of the probe makes the wait longer. */
export const afterSilence = (
  state: BreakerState,
  { probing }: { readonly probing: boolean },
): BreakerState => {
  const silent = state.silent + 1;
  const opens = !state.open && silent >= (state.level > 0 ? REOPENS_AFTER : OPENS_AFTER);
  const longer = opens || (state.open && probing);
  return {
    silent,
    level: longer ? state.level + 1 : state.level,
    answered: 0,
    open: state.open || opens,
  };
};

/** How long nothing is tried after the last silence. */
export const waitOf = ({ level }: BreakerState): number =>
  Math.min(FIRST_WAIT_MS * GROWTH ** Math.max(0, level - 1), LONGEST_WAIT_MS);
