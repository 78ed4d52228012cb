import type { Quota } from './quota.ts';

/** What lies before a run, and what its transport lets through. */
export interface Load {
  /** Mails of this run and of those that go before it. */
  readonly mails: number;
  /** None: unlimited, and nothing measured yet. */
  readonly perSecond?: number;
  readonly quota?: Quota;
}

export interface Forecast {
  /** None: nobody can say. */
  readonly finishesInMs?: number;
  /** 1: everything fits into what the quota leaves now. */
  readonly days: number;
}

const DAY_MS = 86_400_000;
/** A run that takes longer than this waits for a person before its first mail. */
export const MOST_DAYS = 7;

/** What the quota does not leave today goes out in as many days as it needs; the last one only as long as its rest takes. */
export const forecast = ({ mails, perSecond, quota }: Load): Forecast => {
  const sendMs = (count: number) => (perSecond ? (count / perSecond) * 1000 : undefined);
  const later = quota ? Math.max(0, mails - quota.leftForBulk) : 0;
  const moreDays = quota ? Math.ceil(later / quota.bulkPerDay) : 0;
  const lastDay = quota && moreDays > 0 ? later - (moreDays - 1) * quota.bulkPerDay : mails;
  const restMs = sendMs(lastDay) ?? (moreDays > 0 ? 0 : undefined);
  return {
    days: moreDays + 1,
    ...(restMs === undefined ? {} : { finishesInMs: moreDays * DAY_MS + restMs }),
  };
};
