import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqlPace, type PaceLimits } from '../../shared/adapters/sql/pace.ts';
import type { Lane } from '../../shared/domain/run.ts';
import type { Pace } from '../../shared/ports/pace.ts';
import { busyDatabase } from '../fixtures/busy-database.ts';
import type { LedgerDriver } from '../fixtures/ledger-driver.ts';
import { VirtualClock } from '../fixtures/virtual-clock.ts';

const START = 1_000_000_000;
const HOUR = 3_600_000;

/** The stand-in's bucket, in made-up time: a second's worth, and random throttling before it. */
class Bucket {
  tokens: number;
  accepted = 0;
  rateThrottled = 0;
  randomThrottled = 0;
  #filledAt: number;
  #seed = 7;
  readonly rate: number;
  readonly random: number;
  constructor(rate: number, random: number, now: number) {
    this.rate = rate;
    this.random = random;
    this.tokens = rate;
    this.#filledAt = now;
  }
  take(now: number): 'taken' | 'throttled' {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    this.tokens = Math.min(Math.max(1, this.rate), this.tokens + ((now - this.#filledAt) / 1000) * this.rate);
    this.#filledAt = now;
    if (this.#seed / 2_147_483_647 < this.random) {
      this.randomThrottled += 1;
      return 'throttled';
    }
    if (this.tokens < 1) {
      this.rateThrottled += 1;
      return 'throttled';
    }
    this.tokens -= 1;
    this.accepted += 1;
    return 'taken';
  }
}

export const paceContract = (name: string, open: () => Promise<LedgerDriver>): void => {
  describe(`pace on ${name}`, () => {
    let driver: LedgerDriver;
    let clock: VirtualClock;
    beforeEach(async () => {
      const opened = await open();
      const { database, isBusy } = busyDatabase(opened.database);
      driver = { ...opened, database };
      const turn = async (now: number) => {
        await database.run('UPDATE test_clock SET at = ?', [Math.floor(now)]);
      };
      clock = new VirtualClock(START, turn, isBusy);
      await driver.database.run('UPDATE test_clock SET at = ?', [START]);
    });
    afterEach(() => driver.close());

    const paceOf = (limits: () => Omit<PaceLimits, 'reading'> & Partial<PaceLimits>): Pace => {
      const reading = {};
      const { database, dialect } = driver;
      return createSqlPace(
        { database, dialect, clock, limits: async () => ({ reading, ...limits() }) },
        'ses',
      );
    };

    const callOnce = (pace: Pace, bucket: Bucket) => {
      const answer = bucket.take(clock.now());
      pace.report(answer === 'taken' ? { taken: 1, throttled: 0 } : { taken: 0, throttled: 1 });
    };
    /** Workers that reserve, call at their slots, and report, as send-batch does. */
    const work = async (pace: Pace, bucket: Bucket, until: number) => {
      while (clock.now() < until) {
        const turn = await pace.reserve(16, 'bulk');
        const wait = turn.kind === 'granted' ? turn.waitMs : turn.afterMs;
        const starts = clock.now() + wait;
        await clock.sleep(wait);
        for (let i = 0; turn.kind === 'granted' && i < turn.mails; i++) {
          await clock.sleep(starts + i * turn.slotMs - clock.now());
          callOnce(pace, bucket);
        }
      }
    };
    const workAll = async (paces: readonly Pace[], bucket: Bucket, seconds: number, workers = 4) => {
      const until = clock.now() + seconds * 1000;
      const all = paces.flatMap((pace) => Array.from({ length: workers }, () => work(pace, bucket, until)));
      await clock.passUntil(until + 5_000, Promise.all(all));
    };

    it.each([
      [14, 60],
      [200, 20],
      [1000, 4],
    ])('of %d a second is kept by two processes together, without throttling', async (rate, seconds) => {
      const bucket = new Bucket(rate, 0, START);
      await workAll(
        [paceOf(() => ({ ratePerSecond: rate })), paceOf(() => ({ ratePerSecond: rate }))],
        bucket,
        seconds,
      );
      expect(bucket.accepted).toBeGreaterThanOrEqual(rate * seconds * 0.97);
      expect(bucket.accepted).toBeLessThanOrEqual(rate * (seconds + 1));
      expect(bucket.rateThrottled).toBeLessThan(rate * seconds * 0.001);
    });

    it('goes down to what the transport bears, and comes back when it bears more', async () => {
      const bucket = new Bucket(10, 0, START);
      const pace = paceOf(() => ({ ratePerSecond: 40 }));
      await workAll([pace], bucket, 60);
      const before = { accepted: bucket.accepted, throttled: bucket.rateThrottled };
      await workAll([pace], bucket, 120);
      expect(await pace.rate()).toBeLessThan(15);
      expect(bucket.accepted - before.accepted).toBeGreaterThan(10 * 120 * 0.9);
      expect(bucket.rateThrottled - before.throttled).toBeLessThan(10 * 120 * 0.2);
      const wide = new Bucket(1000, 0, clock.now());
      await workAll([pace], wide, 150);
      expect(await pace.rate()).toBe(40);
    });

    it('is not slowed down for long by throttling that does not depend on it', async () => {
      const bucket = new Bucket(100, 0.3, START);
      const limits = () => ({ ratePerSecond: 100 });
      await workAll([paceOf(limits), paceOf(limits)], bucket, 40, 2);
      const letThrough = 100 * 40 * 0.7;
      expect(bucket.accepted).toBeGreaterThanOrEqual(letThrough * 0.9);
    });

    it('is found for a transport that names no limit and throttles all the same', async () => {
      const bucket = new Bucket(50, 0, START);
      const pace = paceOf(() => ({}));
      const until = START + 60_000;
      const hasty = async () => {
        while (clock.now() < until) {
          await clock.sleep(10);
          const turn = await pace.reserve(1, 'bulk');
          if (turn.kind !== 'granted') continue;
          await clock.sleep(turn.waitMs);
          callOnce(pace, bucket);
        }
      };
      await clock.passUntil(until + 1_000, hasty());
      expect(await pace.rate()).toBeLessThan(80);
      expect(bucket.accepted).toBeGreaterThan(50 * 60 * 0.8);
      expect(bucket.rateThrottled).toBeLessThan(50 * 60 * 0.2);
    });

    it('lets urgent mail begin at once while bulk mail fills all slots, and gives it only once', async () => {
      const pace = paceOf(() => ({ ratePerSecond: 14 }));
      const bucket = new Bucket(14, 0, START);
      const until = START + 30_000;
      const bulk = Array.from({ length: 8 }, () => work(pace, bucket, until));
      const waits: number[] = [];
      const urgent = async () => {
        while (clock.now() < until) {
          await clock.sleep(1_000);
          const turn = await pace.reserve(1, 'urgent');
          waits.push(turn.kind === 'granted' ? turn.waitMs : Number.POSITIVE_INFINITY);
          bucket.take(clock.now());
        }
      };
      await clock.passUntil(until + 5_000, Promise.all([...bulk, urgent()]));
      expect(Math.max(...waits)).toBe(0);
      expect(bucket.accepted).toBeGreaterThan(14 * 30 * 0.97);
      expect(bucket.rateThrottled).toBe(0);
    });

    describe('the quota of 24 hours', () => {
      const send = async (pace: Pace, mails: number, lane: Lane = 'bulk') => {
        const turn = await pace.reserve(mails, lane);
        if (turn.kind === 'granted') pace.report({ taken: turn.mails, throttled: 0 });
        await pace.flush();
        return turn.kind === 'granted' ? turn.mails : turn.kind;
      };

      it('ends bulk mail before urgent mail, and frees with the mails of yesterday', async () => {
        const pace = paceOf(() => ({ perDay: 100 }));
        expect(await send(pace, 60)).toBe(60);
        await clock.passUntil(START + HOUR);
        expect(await send(pace, 60)).toBe(35);
        expect(await pace.reserve(1, 'bulk')).toMatchObject({ kind: 'quota' });
        expect(await send(pace, 10, 'urgent')).toBe(5);
        const turn = await pace.reserve(1, 'bulk');
        const afterMs = turn.kind === 'quota' ? turn.afterMs : 0;
        expect(afterMs).toBeGreaterThan(22 * HOUR);
        expect(afterMs).toBeLessThan(24 * HOUR);
        await clock.passUntil(clock.now() + afterMs);
        expect(await send(pace, 60)).toBeGreaterThan(0);
      });

      it("follows the transport's own count, in which other senders' mail is, and counts on from it", async () => {
        let reading: PaceLimits['reading'] = { sentLast24Hours: 80 };
        const pace = paceOf(() => ({ perDay: 100, reading }));
        expect(await send(pace, 10)).toBe(10);
        expect((await pace.outlook()).quota).toMatchObject({ used: 90, leftForBulk: 5, leftForUrgent: 10 });
        reading = { sentLast24Hours: 20 };
        expect((await pace.outlook()).quota).toMatchObject({ used: 20, leftForBulk: 75 });
        await send(pace, 5);
        expect((await pace.outlook()).quota?.used).toBe(25);
      });

      it('is shared by processes', async () => {
        const [one, other] = [paceOf(() => ({ perDay: 100 })), paceOf(() => ({ perDay: 100 }))];
        await send(one, 90);
        await one.flush();
        expect(await send(other, 90)).toBe(5);
      });
    });
  });
};
