import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../dist/local/main.mjs');

export type Settings = Readonly<Record<string, string>>;

/** An empty folder and free ports: the built `tank` in it is a machine of its own. */
export interface Machine {
  readonly folder: string;
  readonly dataDir: string;
  readonly settings: Settings;
}

const folders: string[] = [];
const children: ChildProcess[] = [];
const pids = new Set<number>();

/** For afterEach or afterAll: ends what still runs and removes what it left. */
export const scrapMachines = async (): Promise<void> => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const pid of pids) killIfAlive(pid);
  pids.clear();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
};

export const newMachine = async (settings: Settings = {}): Promise<Machine> => {
  const folder = await mkdtemp(join(tmpdir(), 'tank-machine-'));
  folders.push(folder);
  const [http, worker, gateway] = await freePorts(3);
  return {
    folder,
    dataDir: join(folder, 'data'),
    settings: {
      TANK_DATA_DIR: join(folder, 'data'),
      TANK_HTTP_PORT: String(http),
      TANK_WORKER_PORT: String(worker),
      TANK_GATEWAY_PORT: String(gateway),
      ...settings,
    },
  };
};

/** One that was started under strace outlives it. */
const killIfAlive = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
};

/** All are held until the last is known, so that none is given twice. */
const freePorts = async (count: number): Promise<number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
};

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  readonly url: string;
  readonly ended: Promise<Ended>;
  said(): string;
  /** Waits until it has said this; fails when it ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

interface Launch {
  readonly settings?: Settings;
  /** Another Node than this one, and another build than that of this checkout. */
  readonly node?: string;
  readonly main?: string;
  readonly nodeArgs?: readonly string[];
  /** A program that runs Node, such as strace with its arguments. */
  readonly under?: readonly string[];
}

/** Nothing of this process's own settings may leak into the machine. */
const launch = (
  machine: Machine,
  args: readonly string[],
  { settings, node = process.execPath, main = MAIN, nodeArgs = [], under = [] }: Launch,
) => {
  const [program = node, ...rest] = [...under, node, ...nodeArgs, main, ...args];
  const env = { PATH: process.env.PATH ?? '', LANG: 'en_US.UTF-8', ...machine.settings, ...settings };
  const child = spawn(program, rest, { cwd: machine.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return listenTo(child);
};

const listenTo = (child: ChildProcess) => {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      child.emit('said');
    });
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...said }));
  return { child, said, ended };
};

/** Runs a command to its end. */
export const tank = (machine: Machine, args: readonly string[], options: Launch = {}): Promise<Ended> =>
  launch(machine, args, options).ended;

/** Starts a command that serves, and waits until it is ready. */
export const startTank = async (
  machine: Machine,
  args: readonly string[],
  options: Launch = {},
): Promise<Started> => {
  const { child, said, ended } = launch(machine, args, options);
  const all = () => said.stdout + said.stderr;
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const gone = ended.then(() => 'gone' as const);
    for (;;) {
      const match = pattern.exec(all());
      if (match) return match;
      if ((await Promise.race([once(child, 'said'), gone])) === 'gone')
        throw new Error(`tank ended without saying ${pattern}:\n${all()}`);
    }
  };
  const [, url = ''] = await says(/^(?:ready |\{"event":"ready","(?:url|workerUrl)":")(http:[^\s"]+)/m);
  const pid = await pidOf(machine);
  pids.add(pid);
  void ended.then(() => pids.delete(pid));
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> => {
    process.kill(pid, signal);
    return ended;
  };
  return { pid, url, ended, said: all, says, stop };
};

/** The daemon itself, whatever it was started under. */
const pidOf = async ({ dataDir }: Machine): Promise<number> =>
  JSON.parse(await readFile(join(dataDir, 'daemon.json'), 'utf8')).pid;

/** The .eml files of all runs, with their paths; what is still being written is none. */
export const mailsIn = async ({ dataDir }: Machine): Promise<string[]> => {
  const outbox = join(dataDir, 'outbox');
  const names = await readdir(outbox, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.eml')).map((name) => join(outbox, name));
};

/** What a command printed with --json. */
export const json = <T>({ stdout }: Ended): T => JSON.parse(stdout);
