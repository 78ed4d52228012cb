import { execFileSync, spawnSync } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { type Machine, newMachine, type Settings, scrapMachines, startTank } from '../support/tank.ts';

const WATCH = resolve(import.meta.dirname, '../support/watch-sockets.mjs');
const LONG = 60_000;

/** What an environment may hold that was made for another program, or for Tank in earnest. */
const CONFIGURED_OUTWARDS: Settings = {
  TANK_TRANSPORT: 'ses',
  TANK_SMTP_URL: 'smtp://user:secret@192.0.2.1:587',
  TANK_SES_CONFIGURATION_SET: 'bank',
  AWS_REGION: 'ap-northeast-2',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'made-up',
  AWS_ENDPOINT_URL_SESV2: 'http://192.0.2.2:8080',
  HTTPS_PROXY: 'http://192.0.2.3:3128',
};

/** What the witnesses must see; none of these exists. */
const CALLS_OUT = `
  const { connect } = require('node:net');
  connect(9, '192.0.2.1').on('error', () => {});
  require('node:dns').lookup('bank.invalid', () => {});
  require('node:dgram').createSocket('udp4').send('x', 9, '192.0.2.2');
  setTimeout(() => process.exit(), 300);`;

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

const linesOf = async (file: string): Promise<string[]> =>
  (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

/** IPv4 and IPv6 calls in what strace wrote: everything but loopback and the sockets of this machine. */
const outsideCalls = (lines: readonly string[]): string[] =>
  lines.filter((line) => /sa_family=AF_INET6?/.test(line) && !/"127\.|"::1"|sin6_addr="::1"/.test(line));

const canTrace = (): boolean =>
  spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'ignore' }).status === 0;

/** Addresses on which a process listens, read from the kernel. */
const listening = async (pid: number): Promise<string[]> => {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => '')),
  );
  const own = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const tables = await Promise.all(
    ['tcp', 'tcp6', 'udp', 'udp6'].map((name) => linesOf(`/proc/${pid}/net/${name}`)),
  );
  const rows = tables.flat().map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, , , , , , , , , inode]) => own.has(inode ?? ''))
    .map(([, local = '']) => local.split(':')[0] ?? '');
};

const LOOPBACK = '0100007F';

const runDemo = async (machine: Machine, options: Parameters<typeof startTank>[2]) => {
  const demo = await startTank(machine, ['start'], options);
  await demo.says(/^Ctrl\+C ends it\.$/m);
  return demo;
};

describe('the demo under an environment that points outwards', () => {
  it(
    'asks for no name and calls no address',
    async () => {
      const machine = await newMachine(CONFIGURED_OUTWARDS);
      const file = join(machine.folder, 'calls');
      const settings = { TANK_TEST_WATCH: file };
      const demo = await runDemo(machine, { nodeArgs: ['--import', WATCH], settings });
      expect(demo.said()).toContain('997 sent');
      expect(await linesOf(file)).toEqual([]);

      execFileSync(process.execPath, ['--import', WATCH, '--eval', CALLS_OUT], { env: settings });
      expect((await linesOf(file)).sort()).toEqual(['name bank.invalid', 'tcp 192.0.2.1 9', 'udp 192.0.2.2']);
    },
    LONG,
  );

  it(
    'opens no connection that the kernel knows of',
    async ({ skip }) => {
      if (!canTrace()) skip('not run: strace is not here, or may not trace');
      const machine = await newMachine(CONFIGURED_OUTWARDS);
      const file = join(machine.folder, 'trace');
      const under = ['strace', '-f', '-q', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o', file];
      const demo = await runDemo(machine, { under });
      expect(demo.said()).toContain('997 sent');
      expect(outsideCalls(await linesOf(file))).toEqual([]);

      execFileSync('strace', [...under.slice(1), process.execPath, '--eval', CALLS_OUT]);
      expect(outsideCalls(await linesOf(file)).join('\n')).toMatch(
        /connect\(.*192\.0\.2\.1(.|\n)*192\.0\.2\.2/,
      );
    },
    LONG,
  );

  it(
    'listens on loopback and nowhere else',
    async ({ skip }) => {
      if (process.platform !== 'linux') skip('not run: needs /proc');
      const demo = await runDemo(await newMachine(CONFIGURED_OUTWARDS), {});
      expect(await listening(demo.pid)).toEqual([LOOPBACK, LOOPBACK]);
    },
    LONG,
  );
});
