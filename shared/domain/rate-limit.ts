/** Every limit that Tank counts. `global`, `address` and `user` hold for all routes, the classes for those that name them. */
export const LIMIT_CLASSES = ['login', 'registration', 'run-start', 'gateway', 'events'] as const;
export type LimitClass = (typeof LIMIT_CLASSES)[number];
export type LimitName = 'global' | 'address' | 'user' | LimitClass;

interface ClassRule {
  /** Who is counted: a client is known by its certificate. */
  readonly per: 'address' | 'user' | 'client';
  readonly windowMs: number;
  /** When the counters cannot be asked, nobody passes; otherwise everybody does, and an alert goes out. */
  readonly failsClosed: boolean;
  /** Machines that talk to machines are not counted with the people at the same address. */
  readonly alone: boolean;
}

const MINUTE_MS = 60_000;
const perMinute = { windowMs: MINUTE_MS, failsClosed: false, alone: false } as const;

export const CLASS_RULES: Readonly<Record<LimitClass, ClassRule>> = {
  login: { ...perMinute, per: 'address', failsClosed: true },
  registration: { ...perMinute, per: 'address', windowMs: 5 * MINUTE_MS, failsClosed: true },
  'run-start': { ...perMinute, per: 'user' },
  gateway: { ...perMinute, per: 'client', alone: true },
  events: { ...perMinute, per: 'address', alone: true },
};

export const windowOf = (name: LimitName): number =>
  name in CLASS_RULES ? CLASS_RULES[name as LimitClass].windowMs : MINUTE_MS;

/** What stands on a counter right after a request was added to it. */
export interface Standing {
  /** Which one this request is within the present window: 1 for the first. */
  readonly position: number;
  /** How many the window before this one counted. */
  readonly previous: number;
  /** How much of the present window is over. */
  readonly elapsedMs: number;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetMs: number;
  /** When to come again; 0 for whoever passes. */
  readonly retryMs: number;
}

/**
 * A window that slides: the one before counts with the share of it that is less than a window ago, so that
 * nobody gets twice the limit around a boundary. Positions are given once, so never more than the limit pass.
 */
export const judge = (standing: Standing, limit: number, windowMs: number): Verdict => {
  const { position, elapsedMs } = standing;
  const previous = Math.min(standing.previous, limit);
  const weighted = previous * (1 - elapsedMs / windowMs);
  const resetMs = windowMs - elapsedMs;
  if (weighted + position <= limit)
    return { allowed: true, remaining: Math.floor(limit - weighted - position), resetMs, retryMs: 0 };
  const retryMs =
    position > limit ? resetMs + windowMs / limit : untilFaded(standing, previous, limit, windowMs);
  return { allowed: false, remaining: 0, resetMs, retryMs: Math.max(1, Math.ceil(retryMs)) };
};

/** Until so much of the window before has faded that one more fits. */
const untilFaded = (
  { position, elapsedMs }: Standing,
  previous: number,
  limit: number,
  windowMs: number,
): number => windowMs * (1 - (limit - position) / previous) - elapsedMs;
