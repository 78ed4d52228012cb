import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../shared/adapters/sql/dialect.ts';
import { createSqlCounters } from '../../shared/adapters/sql/identity/counters.ts';
import type { Database } from '../../shared/ports/database.ts';
import { madeUpRuntime } from '../fixtures/made-up-runtime.ts';

const MINUTE = 60_000;

export const countersContract = (
  name: string,
  openStore: () => Promise<{ readonly database: Database; readonly dialect: Dialect }>,
): void => {
  const open = async () => {
    const { runtime, pass } = madeUpRuntime(1_000 * MINUTE);
    const { database, dialect } = await openStore();
    const counters = createSqlCounters(database, dialect, runtime.clock);
    return { counters, pass, database, dialect, clock: runtime.clock };
  };
  const one = { key: 'a', windowMs: MINUTE };

  describe(`counters: ${name}`, () => {
    it('give each addition its own position', async () => {
      const { counters } = await open();
      const added = await Promise.all(Array.from({ length: 200 }, () => counters.add([one])));
      const positions = added.map(([standing]) => standing?.position ?? 0).sort((a, b) => a - b);
      expect(positions).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    });

    it('keep keys apart, and count several at once', async () => {
      const { counters } = await open();
      await counters.add([one, { key: 'b', windowMs: MINUTE }]);
      const [a, b] = await counters.add([one, { key: 'c', windowMs: MINUTE }]);
      expect([a?.position, b?.position]).toEqual([2, 1]);
    });

    it('begin anew in each window, and remember the one before', async () => {
      const { counters, pass } = await open();
      await counters.add([one]);
      await counters.add([one]);
      pass(MINUTE + 15_000);
      expect(await counters.add([one])).toEqual([{ position: 1, previous: 2, elapsedMs: 15_000 }]);
      pass(3 * MINUTE);
      expect(await counters.add([one])).toEqual([{ position: 1, previous: 0, elapsedMs: 15_000 }]);
    });

    it('tell what stands there without adding', async () => {
      const { counters, pass } = await open();
      expect(await counters.look([one])).toEqual([{ position: 0, previous: 0, elapsedMs: 0 }]);
      await counters.add([one]);
      expect(await counters.look([one])).toMatchObject([{ position: 1 }]);
      pass(MINUTE);
      expect(await counters.look([one])).toMatchObject([{ position: 0, previous: 1 }]);
    });

    it('go on in the window that another machine, whose clock is ahead, has begun', async () => {
      const { counters, database, dialect, clock } = await open();
      const ahead = createSqlCounters(database, dialect, { ...clock, now: () => clock.now() + MINUTE });
      await ahead.add([one]);
      expect(await counters.add([one])).toMatchObject([{ position: 2 }]);
      expect(await ahead.add([one])).toMatchObject([{ position: 3 }]);
    });

    it('can be put back to nothing', async () => {
      const { counters } = await open();
      await counters.add([one]);
      await counters.reset(['a', 'unknown']);
      await counters.reset([]);
      expect(await counters.add([one])).toMatchObject([{ position: 1 }]);
    });

    it('do not keep for ever what has not counted for long', async () => {
      const { counters, database, pass } = await open();
      await counters.add([one]);
      pass(10 * MINUTE);
      await counters.add([{ key: 'b', windowMs: MINUTE }]);
      await expect
        .poll(async () => (await database.all('SELECT id FROM counter')).map(({ id }) => id))
        .toEqual(['b']);
    });

    it('are exact for 200 requests at once from two connections', async () => {
      const { counters, database, dialect, clock } = await open();
      const other = createSqlCounters(database, dialect, clock);
      const added = await Promise.all(
        Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? counters : other).add([one])),
      );
      expect(new Set(added.map(([standing]) => standing?.position)).size).toBe(200);
    });
  });
};
