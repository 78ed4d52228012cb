import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { type Ended, type Machine, newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

const STACK = /^\s+at |\.[mc]?[jt]s:\d+|node:internal/m;

/** A sentence for a person, and nothing on the channel of the results. */
const expectRefusal = (
  { code, stdout, stderr }: Ended,
  exit: number,
  ...sentences: (string | RegExp)[]
): void => {
  for (const sentence of sentences) expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(STACK);
  expect([code, stdout]).toEqual([exit, '']);
};

const occupy = async (port: string | undefined) => {
  const server = createServer().listen(Number(port), '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** What makes root a user like others, with the machine's folders as their own; undefined where it cannot be done. */
const asOrdinaryUser = ({ folder, dataDir }: Machine): readonly string[] | undefined => {
  if (!isRoot) return [];
  for (const path of [folder, dataDir]) chownSync(path, NOBODY, NOBODY);
  const drop = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const done = spawnSync('setpriv', [...drop.slice(1), 'true']);
  return done.status === 0 ? drop : undefined;
};

describe('tank serve cannot start', () => {
  it.each([
    ['TANK_HTTP_PORT', 'serve'],
    ['TANK_WORKER_PORT', 'serve'],
    ['TANK_HTTP_PORT', 'demo'],
  ])('where the port of %s is in use (%s)', async (key, command) => {
    const machine = await newMachine();
    const server = await occupy(machine.settings[key]);
    const { code, stderr } = await tank(machine, [command]);
    server.close();
    expect(stderr).toContain(
      `  ${key} is ${machine.settings[key]}, and another program already listens there.\n    → End that program, or set ${key} to a free port.`,
    );
    expect(stderr).not.toMatch(STACK);
    expect(code).toBe(2);
  });

  it.each([
    ['beneath a file', 'file/data'],
    ['a file itself', 'file'],
    ['on a file system without folders', '/proc/tank'],
  ])('where the data folder is %s', async (_, folder) => {
    const machine = await newMachine();
    const dataDir = folder.startsWith('/') ? folder : join(machine.folder, folder);
    writeFileSync(join(machine.folder, 'file'), '');
    for (const command of ['serve', 'runs'])
      expectRefusal(
        await tank(machine, [command], { settings: { TANK_DATA_DIR: dataDir } }),
        2,
        `TANK_DATA_DIR is ${dataDir}, and this user cannot make or write that folder.`,
        /→ .* set TANK_DATA_DIR to another folder\./,
      );
  });

  it('where nobody, not even its owner, may write into the data folder', async ({ skip }) => {
    const machine = await newMachine();
    mkdirSync(machine.dataDir, { mode: 0o500 });
    const under =
      asOrdinaryUser(machine) ?? skip('not run: root may write anywhere, and setpriv is not here');
    for (const command of ['serve', 'demo', 'runs'])
      expectRefusal(
        await tank(machine, [command], { under }),
        2,
        `TANK_DATA_DIR is ${machine.dataDir}, and this user cannot make or write that folder.`,
        'Grant the user of the daemon the right to write there',
      );
  });

  it('where the data folder is somebody else’s', async () => {
    const machine = await newMachine();
    const [dataDir, owner] = isRoot ? [machine.dataDir, NOBODY] : ['/usr', 0];
    if (isRoot) mkdirSync(dataDir);
    if (isRoot) chownSync(dataDir, NOBODY, NOBODY);
    for (const command of ['serve', 'demo', 'runs'])
      expectRefusal(
        await tank(machine, [command], { settings: { TANK_DATA_DIR: dataDir } }),
        2,
        `TANK_DATA_DIR is ${dataDir}, which belongs to another user (uid ${owner}).`,
        'Run this command as that user, or set TANK_DATA_DIR to another folder.',
      );
    if (isRoot) expect(readdirSync(dataDir)).toEqual([]);
  });

  it('where another daemon works on the folder, and leaves that one alone', async () => {
    const machine = await newMachine();
    const first = await startTank(machine, ['serve']);
    const other = await newMachine();
    expectRefusal(
      await tank(other, ['serve'], { settings: { TANK_DATA_DIR: machine.dataDir } }),
      2,
      `TANK_DATA_DIR is ${machine.dataDir}, and another daemon (process ${first.pid}, ${first.url}) already works on this folder.`,
    );
    expect((await fetch(`${first.url}/health`)).status).toBe(200);
  });

  it('with faults in its settings: all of them in one list, each with its key and how to mend it, and no secret', async () => {
    const settings = {
      TANK_HTTP_PORT: '99999',
      TANK_SEND_RATE: 'fast',
      TANK_TRANSPORT: 'smtp',
      TANK_MASTER_KEY: 'not-a-key',
      TANK_HTTP_PROT: '1',
      TANK_LEASE_SECONDS: '10',
    };
    const refused = await tank(await newMachine(), ['serve'], { settings });
    expectRefusal(
      refused,
      2,
      'TANK_HTTP_PORT is "99999", which is not a whole number in range.\n    → Give a number from 1 to 65535.',
      'TANK_SEND_RATE is "fast", which is not a number in range.',
      'TANK_SMTP_URL is missing, and TANK_TRANSPORT=smtp needs it.\n    → Set TANK_SMTP_URL, or choose otherwise.',
      'TANK_MASTER_KEY has a value that does not have the expected form.\n    → Give 32 random bytes in base64.',
      'TANK_HTTP_PROT is not a setting of Tank.\n    → Did you mean TANK_HTTP_PORT?',
      'TANK_LEASE_SECONDS is not longer than TANK_CALL_TIMEOUT_SECONDS',
    );
    expect(refused.stderr).not.toContain('not-a-key');
    expect(refused.stderr.match(/^ {2}\w+ /gm)).toHaveLength(6);
  });
});

describe('a damaged store', () => {
  const sound = mkdtempSync(join(tmpdir(), 'tank-sound-'));
  beforeAll(async () => {
    const machine = await newMachine();
    await tank(machine, ['users', 'init']);
    await (await startTank(machine, ['serve'])).stop();
    cpSync(machine.dataDir, sound, { recursive: true });
    await scrapMachines();
  }, 60_000);
  afterAll(() => rmSync(sound, { recursive: true }));

  const DAMAGE: Readonly<Record<string, (file: string) => void>> = {
    'is no database at all': (file) =>
      writeFileSync(file, 'not a database, but longer than its header would be'.repeat(99)),
    'has a page of rubbish': (file) => {
      const database = new DatabaseSync(file);
      const root = database.prepare('SELECT MAX(rootpage) AS page FROM sqlite_schema').get() as {
        page: number;
      };
      const { page_size: size } = database.prepare('PRAGMA page_size').get() as { page_size: number };
      database.close();
      const open = openSync(file, 'r+');
      writeSync(open, Buffer.alloc(size, 0xa5), 0, size, (root.page - 1) * size);
      closeSync(open);
    },
    'is cut short': (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
  };

  it.each(Object.keys(DAMAGE).flatMap((how) => ['tank.db', 'queue.db'].map((name) => [name, how] as const)))(
    '%s that %s keeps the daemon from starting, which says where the copy was put',
    async (name, how) => {
      const machine = await newMachine();
      cpSync(sound, machine.dataDir, { recursive: true });
      const file = join(machine.dataDir, name);
      DAMAGE[how]?.(file);
      const damaged = await readFile(file);
      expectRefusal(
        await tank(machine, ['serve']),
        1,
        `The store ${file} is damaged; a copy was put at ${file}.damaged-1`,
      );
      expect((await readFile(`${file}.damaged-1`)).equals(damaged)).toBe(true);
      expectRefusal(await tank(machine, ['serve']), 1, `${file}.damaged-1`);
      expect((await readdir(machine.dataDir)).filter((entry) => /damaged-\d+$/.test(entry))).toHaveLength(1);
    },
  );
});
