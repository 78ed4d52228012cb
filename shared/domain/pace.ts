/**
 * How fast mail may leave, steered by what the transport answers. Throttling that a slower pace lessens is our
 * doing, and the pace stays down; throttling that comes at any pace is the transport's own noise, and slowing
 * down for it would only be slow. Both look alike at first: so a cut is a trial, and its effect decides.
 */
export interface PaceControl {
  /** Mails per second; none: as allowed. */
  readonly rate?: number;
  /** The share of calls that is throttled at any pace. */
  readonly noise: number;
  readonly trial?: Trial;
  /** The accepted rate at the first cut of a transport that names no limit. */
  readonly knee?: number;
  /** Since when answers are counted, on the store's clock. */
  readonly windowAt: number;
}

interface Trial {
  readonly cuts: number;
  readonly bestAccepted: number;
  /** Answers since the first cut. */
  readonly calls: number;
  readonly throttled: number;
}

/** The answers of one window. */
export interface PaceWindow {
  readonly accepted: number;
  readonly throttled: number;
  readonly endsAt: number;
}

const LEAST_MS = 1_000;
/** A trial costs speed. */
const LEAST_TRIAL_MS = 400;
const MOST_MS = 10_000;
const LEAST_CALLS = 20;
const TRIAL_CALLS = 50;
const MAX_CUTS = 2;
/** Throttled answers in a window that are nothing to act on. */
const TOLERATED = 3;
/** A share of throttling that counts as none. */
const CLEAN = 0.02;
const RECOVERY = 0.02;
const LOWEST_RATE = 0.2;
const LOWEST_SHARE = 0.02;
const MOST_NOISE = 0.9;
/** A transport without a named limit is believed unlimited again when it bears so many times its first limit. */
const FREE_AGAIN = 4;

export const STEADY: PaceControl = { noise: 0, windowAt: 0 };

/** The control after a window; undefined: the window is too young to judge. */
export const steer = (
  control: PaceControl,
  window: PaceWindow,
  allowed: number | undefined,
): PaceControl | undefined => {
  const ms = window.endsAt - control.windowAt;
  const calls = window.accepted + window.throttled;
  const enough = calls >= (control.trial ? TRIAL_CALLS : LEAST_CALLS);
  if (ms < (control.trial ? LEAST_TRIAL_MS : LEAST_MS) || (!enough && ms < MOST_MS)) return undefined;
  const next: PaceControl = { ...control, windowAt: window.endsAt };
  if (calls === 0 || ms > MOST_MS * 6) return next;
  const seen = { ...window, calls, perSecond: (window.accepted * 1000) / ms };
  if (control.trial) return judge(next, control.trial, seen, allowed);
  return isOurs(control, window)
    ? cut(next, FIRST_TRIAL, seen.perSecond, allowed)
    : recover(next, window.throttled / calls, allowed);
};

interface Seen extends PaceWindow {
  readonly calls: number;
  /** Accepted. */
  readonly perSecond: number;
}

const FIRST_TRIAL: Trial = { cuts: 0, bestAccepted: 0, calls: 0, throttled: 0 };

export const rateOf = ({ rate }: PaceControl, allowed: number | undefined): number | undefined =>
  rate === undefined ? allowed : Math.min(rate, allowed ?? rate);

/** More than the noise explains: three throttled calls and three standard deviations. */
const isOurs = ({ noise }: PaceControl, { accepted, throttled }: PaceWindow): boolean => {
  const calls = accepted + throttled;
  return throttled - noise * calls >= TOLERATED + 3 * Math.sqrt(calls * noise * (1 - noise));
};

const cut = (
  control: PaceControl,
  trial: Trial,
  accepted: number,
  allowed: number | undefined,
): PaceControl => ({
  ...control,
  rate: atLeast(Math.min(accepted, (rateOf(control, allowed) ?? accepted) * 0.9), allowed),
  trial: { ...trial, cuts: trial.cuts + 1, bestAccepted: Math.max(trial.bestAccepted, accepted) },
  ...(allowed === undefined ? { knee: control.knee ?? accepted } : {}),
});

/** Gone with the cut: it was ours. Still there after the second: it is noise, and the pace it left room for is taken up again. */
const judge = (
  { trial: _, ...control }: PaceControl,
  before: Trial,
  seen: Seen,
  allowed: number | undefined,
): PaceControl => {
  if (seen.throttled / seen.calls <= CLEAN) return { ...control, noise: 0 };
  const trial = {
    ...before,
    calls: before.calls + seen.calls,
    throttled: before.throttled + seen.throttled,
  };
  if (trial.cuts < MAX_CUTS) return cut(control, trial, seen.perSecond, allowed);
  const noise = Math.min(trial.throttled / trial.calls, MOST_NOISE);
  const rate = trial.bestAccepted / (1 - noise);
  return { ...control, noise, rate: atLeast(Math.min(rate, allowed ?? rate), allowed) };
};

const recover = (control: PaceControl, share: number, allowed: number | undefined): PaceControl => {
  const noise = Math.min(control.noise, control.noise * 0.7 + share * 0.3);
  if (control.rate === undefined) return { ...control, noise };
  const { rate: _, knee, ...free } = control;
  const rate = control.rate + RECOVERY * (allowed ?? control.rate * 2.5);
  const isFree = allowed === undefined ? rate > (knee ?? rate) * FREE_AGAIN : rate >= allowed;
  return isFree ? { ...free, noise } : { ...control, noise, rate };
};

const atLeast = (rate: number, allowed: number | undefined): number =>
  Math.max(rate, LOWEST_RATE, (allowed ?? 0) * LOWEST_SHARE);
