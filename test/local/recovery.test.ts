import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { simpleParser } from 'mailparser';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import { json, type Machine, mailsIn, newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';

const ROWS = 3_000;
const LONG = 120_000;

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

interface Totals {
  readonly state: string;
  readonly sent: number;
}

const newest = async (machine: Machine): Promise<Totals | undefined> =>
  json<{ items: Totals[] }>(await tank(machine, ['runs', '--json'])).items[0];

const recipientsOf = async (files: readonly string[]): Promise<string[]> => {
  const mails = await Promise.all(files.map(async (file) => simpleParser(await readFile(file))));
  return mails
    .map(({ to }) =>
      [to ?? []]
        .flat()
        .map(({ text }) => text)
        .join(),
    )
    .sort();
};

const ready = async () => {
  const machine = await newMachine();
  const campaign = await layOutCampaign(machine, ROWS);
  expect((await tank(machine, ['apply', campaign.definitions])).stderr).toBe('');
  return { machine, campaign, everybody: [...campaign.addresses].sort() };
};

const mailsAreAtLeast = (machine: Machine, count: number) =>
  expect
    .poll(async () => (await mailsIn(machine)).length, { timeout: 30_000, interval: 10 })
    .toBeGreaterThanOrEqual(count);

/** How many doubtful sends the outbox has settled by its own word. */
const settledByEvidence = async ({ dataDir }: Machine): Promise<number> => {
  const logs = join(dataDir, 'logs');
  const texts = await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')));
  const lines = texts
    .join('')
    .split('\n')
    .filter((line) => line.includes('"doubts_settled"'));
  return lines.map((line) => JSON.parse(line)).reduce((sum, { sent, absent }) => sum + sent + absent, 0);
};

/** As somebody would who purges the queue of a broker: visible, in flight and all. */
const purge = ({ dataDir }: Machine, queue: string): number => {
  const database = new DatabaseSync(join(dataDir, 'queue.db'), { timeout: 5_000 });
  const { changes } = database.prepare('DELETE FROM queue_message WHERE queue = ?').run(queue);
  database.close();
  return Number(changes);
};

const ALL_SENT = { state: 'finished', targets: ROWS, sent: ROWS, failed: 0, skipped: 0, held: 0 };

describe('a run', () => {
  it(
    'finishes although its queue was purged in the middle of it',
    async () => {
      const { machine, campaign, everybody } = await ready();
      await startTank(machine, ['serve']);
      const run = tank(machine, ['run', CAMPAIGN, '--wait', '--json']);
      await mailsAreAtLeast(machine, 200);
      expect(purge(machine, 'bulk')).toBeGreaterThan(0);
      expect(json(await run)).toMatchObject(ALL_SENT);
      expect(await recipientsOf(await mailsIn(machine))).toEqual(everybody);
      await expect.poll(campaign.markedAsSent, { timeout: 20_000 }).toBe(ROWS);
    },
    LONG,
  );

  it(
    'finishes although every queue was purged before anything was planned',
    async () => {
      const { machine, everybody } = await ready();
      expect((await tank(machine, ['run', CAMPAIGN])).code).toBe(0);
      expect(purge(machine, 'expand')).toBe(1);
      await startTank(machine, ['serve']);
      await expect.poll(() => newest(machine), { timeout: 60_000, interval: 500 }).toMatchObject(ALL_SENT);
      expect(await recipientsOf(await mailsIn(machine))).toEqual(everybody);
    },
    LONG,
  );

  it(
    'sends everybody one mail although the daemon is killed again and again',
    async () => {
      const { machine, campaign, everybody } = await ready();
      const killed = await startTank(machine, ['serve']);
      await tank(machine, ['run', CAMPAIGN]);
      await mailsAreAtLeast(machine, 1);
      await killed.stop('SIGKILL');
      for (const sent of [ROWS / 3, (ROWS * 2) / 3]) {
        const next = await startTank(machine, ['serve']);
        await mailsAreAtLeast(machine, sent);
        await next.stop('SIGKILL');
      }
      const files = await mailsIn(machine);
      expect(await newest(machine)).toMatchObject({ state: 'sending', sent: expect.any(Number) });
      expect(files.length).toBeLessThan(ROWS);

      const run = dirname(files[0] ?? '');
      await writeFile(join(run, '.lost.eml.1.x.part'), 'half a mail of the killed daemon');
      const last = await startTank(machine, ['serve']);
      expect(await readdir(run)).not.toContain('.lost.eml.1.x.part');
      await expect.poll(() => newest(machine), { timeout: 60_000, interval: 500 }).toMatchObject(ALL_SENT);
      expect(await recipientsOf(await mailsIn(machine))).toEqual(everybody);
      await expect.poll(campaign.markedAsSent, { timeout: 20_000 }).toBe(ROWS);
      expect(await settledByEvidence(machine)).toBeGreaterThan(0);
      expect((await last.stop()).code).toBe(0);
    },
    LONG,
  );
});
