/**
 * How many calls may be open at once. All that are open when a transport falls silent end in doubt, so there are
 * never more than the throughput needs: few at first, more only as long as more of them carry more mail.
 */
export interface CallWindow {
  readonly limit: number;
  /** What the limit was before the growth that is being tried, and what it carried. */
  readonly trial?: { readonly limit: number; readonly perSecond: number };
  readonly restsUntil: number;
  readonly since: number;
  readonly answers: number;
  /** Calls that had to wait for the window. */
  readonly starved: number;
}

/** Without evidence that more is needed; with the probes of an hour's outage it makes ten doubts at most. */
export const USUAL_CALLS = 5;
const GROWTH = 1.5;
/** Half again as many calls must carry at least an eighth more mail. */
const WORTH = 1.125;
const JUDGED_AFTER_MS = 100;
const ANSWERS_PER_CALL = 6;
const REST_MS = 5_000;

export const openWindow = (now: number): CallWindow => ({
  limit: 1,
  restsUntil: now,
  since: now,
  answers: 0,
  starved: 0,
});

export const afterAnswer = (window: CallWindow, waited: boolean, now: number): CallWindow => {
  const counted = {
    ...window,
    answers: window.answers + 1,
    starved: window.starved + (waited ? 1 : 0),
  };
  if (window.limit < USUAL_CALLS) return { ...counted, limit: window.limit + 1 };
  const ms = now - window.since;
  if (ms < JUDGED_AFTER_MS || counted.answers < window.limit * ANSWERS_PER_CALL) return counted;
  return judge(counted, (counted.answers * 1000) / ms, now);
};

const judge = ({ trial, ...window }: CallWindow, perSecond: number, now: number): CallWindow => {
  const fresh = { ...window, since: now, answers: 0, starved: 0 };
  if (trial && perSecond < trial.perSecond * WORTH)
    return { ...fresh, limit: trial.limit, restsUntil: now + REST_MS };
  const wanted = window.starved * 2 > window.answers && now >= window.restsUntil;
  if (!wanted) return fresh;
  return {
    ...fresh,
    limit: Math.ceil(window.limit * GROWTH),
    trial: { limit: window.limit, perSecond },
  };
};
