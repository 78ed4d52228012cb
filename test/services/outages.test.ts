import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import type { DaemonLife } from '../fixtures/campaign/daemon.ts';
import { readJournal } from '../fixtures/ses-stand-in/start.ts';
import { judge } from './chaos/judge.ts';
import {
  fakeClock,
  killAndWait,
  mountSmallDisk,
  untilAccepted,
  whyNoFakeClock,
  whyNoSmallDisk,
} from './chaos/outage-worlds.ts';
import { brokenByJournal } from './chaos/report.ts';
import { settleRun } from './chaos/settle.ts';
import { makeWorld, type World, type WorldOptions } from './chaos/world.ts';

const PATIENCE_MS = 240_000;
const titled = (title: string, reason: string | undefined) =>
  reason ? `${title} (not run: ${reason})` : title;

describe('A run', () => {
  let world: World | undefined;
  let life: DaemonLife | undefined;
  let cleanUp = (): void => {};

  beforeAll(() => ensureBuilt(), 60_000);
  afterEach(async () => {
    life?.process.kill('SIGKILL');
    await life?.ended;
    await world?.end();
    cleanUp();
    [world, life, cleanUp] = [undefined, undefined, () => {}];
  });

  const begin = async (options: WorldOptions, env: Readonly<Record<string, string>> = {}) => {
    world = await makeWorld(options);
    life = await world.tank.start({ env });
    await world.relay.forwardTo(world.dataDir);
    await world.tank.apply(world.bank);
    return { world, life, runId: await world.tank.startRun() };
  };

  const expectClean = async (begun: World, runId: string): Promise<void> => {
    const { run } = await settleRun(begun, runId, PATIENCE_MS);
    const journal = await readJournal(begun.journal);
    const verdict = judge({
      bank: begun.bank,
      journal,
      run,
      unclear: new Set(),
      silenced: begun.relay.silenced,
    });
    expect(brokenByJournal(verdict, run, 'hold')).toEqual([]);
  };

  const noDisk = whyNoSmallDisk();
  it.skipIf(noDisk)(
    titled('stands still on a full disk and goes on by itself when there is room again', noDisk),
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tank-chaos-disk-'));
      const disk = mountSmallDisk(join(folder, 'data'), 96);
      cleanUp = () => {
        disk.remove();
        rmSync(folder, { recursive: true, force: true });
      };
      const begun = await begin({
        recipients: 800,
        seed: 1,
        dataDir: disk.folder,
        standIn: { latencyMs: 20 },
      });
      await untilAccepted(begun.world, 150);
      disk.fill();
      await sleep(4_000);
      const whenFull = await begun.world.standIn.counters();
      await sleep(4_000);
      expect((await begun.world.standIn.counters()).calls).toBe(whenFull.calls);
      expect(begun.life.process.exitCode).toBeNull();
      disk.free();
      await expectClean(begun.world, begun.runId);
      expect(begun.life.process.exitCode).toBeNull();
    },
    PATIENCE_MS + 60_000,
  );

  const noClock = whyNoFakeClock();
  it.skipIf(noClock)(
    titled(
      'survives a clock that jumps two hours on, back again and back once more, and a kill between',
      noClock,
    ),
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tank-chaos-clock-'));
      cleanUp = () => rmSync(folder, { recursive: true, force: true });
      const clock = fakeClock(join(folder, 'clock'));
      const begun = await begin({ recipients: 800, seed: 2, standIn: { latencyMs: 20 } }, clock.env);
      const jump = ({ relay }: World, hours: number) => {
        clock.jump(hours);
        relay.clockOffsetMs = hours * 3_600_000;
      };
      await untilAccepted(begun.world, 100);
      jump(begun.world, 2);
      await untilAccepted(begun.world, 250);
      await killAndWait(begun.world, begun.life);
      life = await begun.world.tank.start({ env: clock.env });
      await untilAccepted(begun.world, 400);
      jump(begun.world, 0);
      await untilAccepted(begun.world, 550);
      jump(begun.world, -2);
      await expectClean(begun.world, begun.runId);
    },
    PATIENCE_MS + 60_000,
  );

  it(
    'waits for a customer database that is away, says so, and goes on by itself when it is back',
    async () => {
      const begun = await begin({ recipients: 600, seed: 3, standIn: { latencyMs: 20 } });
      await untilAccepted(begun.world, 150);
      const { file } = begun.world.bank;
      const away = `${file}.away`;
      renameSync(file, away);
      await killAndWait(begun.world, begun.life);
      life = await begun.world.tank.start();
      const held = await untilHeld(begun.world, begun.runId);
      expect(held).toContain('source_unreachable');
      const { calls } = await begun.world.standIn.counters();
      await sleep(3_000);
      expect((await begun.world.standIn.counters()).calls).toBe(calls);
      renameSync(away, file);
      await expectClean(begun.world, begun.runId);
    },
    PATIENCE_MS + 60_000,
  );
});

const untilHeld = async ({ tank }: World, runId: string): Promise<readonly string[]> => {
  for (;;) {
    const { holds } = await tank.listRun(runId);
    if (holds.length > 0) return holds.map(({ reason }) => reason);
    await sleep(300);
  }
};
