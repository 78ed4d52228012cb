import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { signIn } from '../support/sign-in.ts';
import { newMachine, type Started, scrapMachines, startTank } from '../support/tank.ts';

/**
 * The whole chain of an authenticated GET on the built daemon: limits, token, session, account, permission,
 * schema, headers, log. The load comes from another process; what the daemon costs is read from /proc.
 */
const ROUNDS = 5;
const SECONDS = 3;
const CONNECTIONS = 10;
/** The limits that would end the run; raised, not switched off: every request is counted in the store as always. */
const RAISED = {
  TANK_LIMIT_GLOBAL: '10000000',
  TANK_LIMIT_ADDRESS: '10000000',
  TANK_LIMIT_USER: '10000000',
};
const BAR = { cpuMs: 1, perSecond: 2_000, p97Ms: 20 };

const AUTOCANNON = fileURLToPath(import.meta.resolve('autocannon'));
const TICKS_PER_SECOND = 100;

interface Round {
  readonly perSecond: number;
  /** The load generator tells no p95; this is harsher. */
  readonly p97Ms: number;
  readonly cpuMs: number;
}

/** User and system time of the process and all its threads; Linux tells it in hundredths of a second. */
const cpuMsOf = (pid: number): number => {
  const [user, system] =
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').slice(11, 13) ?? [];
  return ((Number(user) + Number(system)) * 1000) / TICKS_PER_SECOND;
};

const measure = async (daemon: Started, path: string, token: string): Promise<Round> => {
  const args = ['-j', '-c', String(CONNECTIONS), '-d', String(SECONDS)];
  // The program that signed in: a session that turns up in another one ends.
  args.push('-H', `authorization=Bearer ${token}`, '-H', 'user-agent=node');
  const before = cpuMsOf(daemon.pid);
  const { stdout } = await promisify(execFile)(process.execPath, [
    AUTOCANNON,
    ...args,
    `${daemon.url}${path}`,
  ]);
  const cpu = cpuMsOf(daemon.pid) - before;
  const { requests, latency, non2xx, errors } = JSON.parse(stdout);
  if (non2xx + errors > 0) throw new Error(`${non2xx} refusals, ${errors} errors`);
  return { perSecond: requests.average, p97Ms: latency.p97_5, cpuMs: cpu / requests.total };
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

await ensureBuilt();
const machine = await newMachine(RAISED);
const daemon = await startTank(machine, ['serve']);
const token = await signIn(machine, daemon.url);
const medianOf = async (path: string): Promise<Round> => {
  await measure(daemon, path, token);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure(daemon, path, token));
  const of = (key: keyof Round) => median(rounds.map((round) => round[key]));
  return { cpuMs: of('cpuMs'), perSecond: of('perSecond'), p97Ms: of('p97Ms') };
};

const told = (path: string, { cpuMs, perSecond, p97Ms }: Round): string =>
  `${path}: ${cpuMs.toFixed(3)} ms CPU, ${perSecond.toFixed(0)}/s, p97.5 ${p97Ms} ms on ${CONNECTIONS} connections`;

try {
  console.log(`${told('/health', await medianOf('/health'))}: the door alone`);
  for (const path of ['/api/v1/auth/me', '/api/v1/runs']) {
    const round = await medianOf(path);
    const holds = round.cpuMs <= BAR.cpuMs && round.perSecond >= BAR.perSecond && round.p97Ms <= BAR.p97Ms;
    console.log(`${told(path, round)}: ${holds ? 'holds' : 'FALLS SHORT'}`);
    if (!holds) process.exitCode = 1;
  }
} finally {
  await daemon.stop();
  await scrapMachines();
}
