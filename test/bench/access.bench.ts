import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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
const BAR = { cpuMs: 1, perSecond: 2_000, p95Ms: 20 };

const AUTOCANNON = fileURLToPath(import.meta.resolve('autocannon'));
const TICKS_PER_SECOND = 100;

interface Round {
  readonly perSecond: number;
  readonly p95Ms: number;
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
  return { perSecond: requests.average, p95Ms: latency.p97_5, cpuMs: cpu / requests.total };
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const machine = await newMachine({ ...RAISED, TANK_LOG_LEVEL: process.env.TANK_LOG_LEVEL ?? 'info' });
const daemon = await startTank(machine, ['serve']);
const token = await signIn(machine, daemon.url);
try {
  for (const path of ['/api/v1/auth/me', '/api/v1/runs']) {
    await measure(daemon, path, token);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure(daemon, path, token));
    const [cpuMs, perSecond, p95Ms] = [
      median(rounds.map((round) => round.cpuMs)),
      median(rounds.map((round) => round.perSecond)),
      median(rounds.map((round) => round.p95Ms)),
    ];
    const holds = cpuMs <= BAR.cpuMs && perSecond >= BAR.perSecond && p95Ms <= BAR.p95Ms;
    console.log(
      `${path}: ${cpuMs.toFixed(3)} ms CPU, ${perSecond.toFixed(0)}/s, p97.5 ${p95Ms} ms on ${CONNECTIONS} connections: ${holds ? 'holds' : 'FALLS SHORT'}`,
    );
    if (!holds) process.exitCode = 1;
  }
} finally {
  await daemon.stop();
  await scrapMachines();
}
