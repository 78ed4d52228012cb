import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import {
  type Ended,
  json,
  type Machine,
  mailsIn,
  newMachine,
  scrapMachines,
  startTank,
  tank,
} from '../support/tank.ts';

const LONG = 120_000;
const STACK = /^\s+at |\.[mc]?[jt]s:\d+|node:internal/m;

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

interface Totals {
  readonly state: string;
  readonly sent: number;
  readonly open: number;
}

const ready = async (rows: number): Promise<Machine> => {
  const machine = await newMachine();
  const { definitions } = await layOutCampaign(machine, rows);
  expect((await tank(machine, ['apply', definitions])).stderr).toBe('');
  return machine;
};

const mailsAreAtLeast = (machine: Machine, count: number) =>
  expect
    .poll(async () => (await mailsIn(machine)).length, { timeout: 30_000, interval: 10 })
    .toBeGreaterThanOrEqual(count);

const workerOf = ({ dataDir }: Machine): number =>
  JSON.parse(readFileSync(join(dataDir, 'daemon.json'), 'utf8')).pid;

const newest = async (machine: Machine): Promise<Totals | undefined> =>
  json<{ items: Totals[] }>(await tank(machine, ['runs', '--json'])).items[0];

/** What a stop left without an outcome. */
const underWay = ({ dataDir }: Machine): number => {
  const store = new DatabaseSync(join(dataDir, 'tank.db'), { readOnly: true });
  const row = store.prepare("SELECT COUNT(*) AS n FROM email_send_log WHERE state = 'sending'").get();
  store.close();
  return Number((row as { n: number }).n);
};

describe('tank run --wait', () => {
  it(
    'goes on by itself when the daemon beside it ends before the run does',
    async () => {
      const machine = await ready(1_500);
      const daemon = await startTank(machine, ['serve']);
      const run = tank(machine, ['run', CAMPAIGN, '--wait', '--json']);
      await mailsAreAtLeast(machine, 100);
      expect((await daemon.stop()).code).toBe(0);
      expect(json(await run)).toMatchObject({ state: 'finished', sent: 1_500 });
    },
    LONG,
  );

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'drains on %s when it does the work itself, and says who goes on',
    async (signal) => {
      const machine = await ready(1_500);
      const run = tank(machine, ['run', CAMPAIGN, '--wait']);
      await mailsAreAtLeast(machine, 100);
      process.kill(workerOf(machine), signal);
      const { code, stderr } = await run;
      expect([code, stderr]).toEqual([
        1,
        'Stopped before the run was over; the next daemon or "tank run" goes on with it.\n',
      ]);
      expect(existsSync(join(machine.dataDir, 'daemon.json'))).toBe(false);
      expect(underWay(machine)).toBe(0);
      expect((await newest(machine))?.sent).toBe((await mailsIn(machine)).length);
    },
    LONG,
  );
});

it('a lone api on one machine is refused: nobody could ever send', async () => {
  const { code, stderr } = await tank(await newMachine(), ['serve', '--role', 'api']);
  expect(stderr).toMatch(
    /--role is api, and with TANK_STORE=sqlite no other process can send.*\n {4}→ Serve with --role all/,
  );
  expect(code).toBe(2);
});

/** As `| head` does: the reader goes away before anything is said. */
const withDeafReader = async (machine: Machine, args: readonly string[]): Promise<Ended> => {
  const main = join(import.meta.dirname, '../../dist/local/main.mjs');
  const env = { PATH: process.env.PATH ?? '', ...machine.settings };
  const child = spawn(process.execPath, [main, ...args], {
    cwd: machine.folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stdout: '', stderr };
};

it('whose reader has gone away, a command ends quietly', async () => {
  expect(await withDeafReader(await newMachine(), ['openapi'])).toEqual({ code: 0, stdout: '', stderr: '' });
});

describe('a demo that was killed while it made up its bank', () => {
  it(
    'makes it up anew',
    async () => {
      const machine = await newMachine();
      mkdirSync(machine.dataDir, { mode: 0o700 });
      const half = new DatabaseSync(join(machine.dataDir, 'demo-bank.db.new'));
      half.exec('CREATE TABLE CUSTOMER (CUST_ID TEXT)');
      half.close();
      const demo = await startTank(machine, ['demo']);
      await demo.says(/^Ctrl\+C ends it\.$/m);
      expect(demo.said()).toContain('1000 targets = 997 sent');
    },
    LONG,
  );
});

describe('a store that is gone', () => {
  it.each(['removed', 'emptied'])('(%s) is no new installation', async (how) => {
    const machine = await newMachine();
    await tank(machine, ['users', 'init']);
    const file = join(machine.dataDir, 'tank.db');
    for (const part of ['', '-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
    if (how === 'emptied') writeFileSync(file, '', { mode: 0o600 });
    for (const command of ['serve', 'runs', 'demo']) {
      const { code, stderr } = await tank(machine, [command]);
      expect(stderr).toContain(`The store ${file} is gone or empty, although this folder had one`);
      expect(stderr).toMatch(/→ Restore the store from the backup/);
      expect(stderr).not.toMatch(STACK);
      expect(code).toBe(1);
    }
  });
});

describe('a .env', () => {
  const start = (machine: Machine) => tank(machine, ['runs']);

  it('with a line that is no setting is refused without telling what stands there', async () => {
    const machine = await newMachine();
    writeFileSync(
      join(machine.folder, '.env'),
      '# ours\nTANK_SMTP_URL smtp://user:SECRET@relay:587\nTANK_TRANSPORT=smtp\n',
    );
    const { code, stderr } = await start(machine);
    expect([code, stderr]).toEqual([
      2,
      'The configuration has faults:\n  .env has no setting in line 2.\n    → Write NAME=value, one setting a line; a line that begins with # is a comment.\n',
    ]);
  });

  it('that is a folder is refused', async () => {
    const machine = await newMachine();
    mkdirSync(join(machine.folder, '.env'));
    const { code, stderr } = await start(machine);
    expect(stderr).toContain('  .env cannot be read.\n    → Let it be a text file');
    expect(code).toBe(2);
  });
});

describe('in the data folder', () => {
  it('what takes the place of the logs is named', async () => {
    const machine = await newMachine();
    mkdirSync(machine.dataDir, { mode: 0o700 });
    writeFileSync(join(machine.dataDir, 'logs'), '');
    const { code, stderr } = await tank(machine, ['serve']);
    expect(stderr).toContain(
      `is ${join(machine.dataDir, 'logs')}, and this user cannot make or write that folder`,
    );
    expect(code).toBe(2);
  });

  it.each(['rubbish', 'a folder'])(
    'a lock file that is %s is named, and told to be removed',
    async (what) => {
      const machine = await newMachine();
      mkdirSync(machine.dataDir, { mode: 0o700 });
      const file = join(machine.dataDir, 'daemon.lock');
      if (what === 'a folder') mkdirSync(file);
      else writeFileSync(file, 'rubbish'.repeat(1_000));
      const { code, stderr } = await tank(machine, ['serve']);
      expect(stderr).toContain(`holds ${file}, which cannot be locked`);
      expect(stderr).toContain('→ Remove that file');
      expect(code).toBe(2);
    },
  );
});
