import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_MAILS, DEMO_ROWS } from '../../local/demo/customers.ts';
import { expectEveryoneTheirOwn } from '../support/demo-mails.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DEMO_WITHIN_MS = 60_000;
const INSTALL_MS = 300_000;

const whyNot =
  spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT }).status === 0
    ? undefined
    : 'this is no checkout of git';

/** A port that is free now; the newcomer's own machine has the usual ones free. */
const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await once(server.close(), 'close');
  return String(typeof address === 'object' ? address?.port : 0);
};

/** As typed: npm in a shell of its own, whose output is read as it comes. */
const type = (args: readonly string[], cwd: string, settings: Readonly<Record<string, string>>) => {
  const own = Object.entries(process.env).filter(([name]) => !/^(TANK_|VITEST|NODE_ENV$|npm_)/.test(name));
  const env = { ...Object.fromEntries(own), ...settings };
  const npm = spawn('npm', args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: { readonly at: number; readonly text: string }[] = [];
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      lines.push({ at: performance.now(), text });
      npm.emit('said');
    });
  const ended = once(npm, 'close').then(([code]): number | null => code);
  const said = () => lines.map(({ text }) => text).join('');
  /** When it was said. */
  const says = async (words: RegExp): Promise<number> => {
    const gone = ended.then(() => true);
    while (!words.test(said()))
      if ((await Promise.race([once(npm, 'said').then(() => false), gone])) && !words.test(said()))
        throw new Error(`npm ${args.join(' ')} ended without saying ${words}:\n${said()}`);
    return (
      lines.find((_, at) =>
        words.test(
          lines
            .slice(0, at + 1)
            .map(({ text }) => text)
            .join(''),
        ),
      )?.at ?? 0
    );
  };
  return { npm, said, says, ended };
};

describe.skipIf(whyNot)(`A fresh clone${whyNot ? ` (not run: ${whyNot})` : ''}`, () => {
  let folder: string;
  let clone: string;
  let settings: Readonly<Record<string, string>>;
  const typed: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tank-newcomer-'));
    clone = join(folder, 'tank');
    execFileSync('git', ['clone', '--quiet', ROOT, clone]);
    settings = { TANK_HTTP_PORT: await freePort(), TANK_WORKER_PORT: await freePort() };
  });
  afterAll(() => {
    for (const { pid, exitCode } of typed) if (pid && exitCode === null) process.kill(-pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const newcomer = (...args: readonly string[]) => {
    const started = type(args, clone, settings);
    typed.push(started.npm);
    return started;
  };
  const mails = async (): Promise<string[]> => {
    const outbox = join(clone, '.tank-demo/outbox');
    const names = await readdir(outbox, { recursive: true });
    return names.filter((name) => name.endsWith('.eml')).map((name) => join(outbox, name));
  };
  const daemonOf = (): number => JSON.parse(readFileSync(join(clone, '.tank-demo/daemon.json'), 'utf8')).pid;
  const lives = (pid: number): boolean => existsSync(`/proc/${pid}`);

  it(
    'shows the finished demo within a minute of its install, and a SIGTERM to npm drains the daemon',
    async ({ annotate }) => {
      const first = newcomer('start');
      const installed = await first.says(/Installed in [\d.]+ s\./);
      const finished = await first.says(/^Ctrl\+C ends it\.$/m);
      await annotate(
        `the demo was finished ${((finished - installed) / 1000).toFixed(1)} s after the install`,
      );
      expect(finished - installed).toBeLessThan(DEMO_WITHIN_MS);
      expect(first.said()).toContain(`${DEMO_ROWS} targets = ${DEMO_MAILS} sent + 0 failed`);
      await expectEveryoneTheirOwn(await mails());

      const daemon = daemonOf();
      expect(lives(daemon)).toBe(true);
      first.npm.kill('SIGTERM');
      await first.ended;
      await expect.poll(() => lives(daemon), { timeout: 30_000 }).toBe(false);
      expect(existsSync(join(clone, '.tank-demo/daemon.json'))).toBe(false);
    },
    INSTALL_MS + DEMO_WITHIN_MS,
  );

  it(
    'sends nothing again when it is started again, and installs and builds nothing either',
    async () => {
      const before = (await mails()).sort();
      const again = newcomer('start');
      await again.says(/^Ctrl\+C ends it\.$/m);
      expect(again.said()).toContain('nothing is sent again');
      expect(again.said()).not.toMatch(/Installing|built in/);
      expect((await mails()).sort()).toEqual(before);
      again.npm.kill('SIGTERM');
      await again.ended;
    },
    DEMO_WITHIN_MS,
  );

  it(
    'passes the first steps of npm test as it is',
    async () => {
      const testing = newcomer('test');
      await testing.says(/^(ok|FAILED) +build /m);
      testing.npm.kill('SIGTERM');
      if (testing.npm.pid) process.kill(-testing.npm.pid, 'SIGTERM');
      const steps = [...testing.said().matchAll(/^(ok|FAILED) +(\S.*?) {2,}/gm)].map(([, ok, name]) => [
        name,
        ok,
      ]);
      expect(steps, testing.said()).toEqual(
        ['install', 'lint', 'types', 'unused', 'node 24', 'build'].map((name) => [name, 'ok']),
      );
    },
    INSTALL_MS,
  );
});
