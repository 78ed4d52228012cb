import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { type SesStandIn, startSesStandIn } from '../fixtures/ses-stand-in/start.ts';
import { planForBench } from './pace-plan.ts';

/**
 * The accepted rate against the configured pace, over the whole way (claim, map, render, mark, call, commit), with
 * one and with two processes that share a store, against the strict stand-in in a process of its own.
 *   npm run bench -- pace
 */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 12);

interface Trial {
  readonly rate: number;
  readonly processes: number;
  /** Share of calls that the stand-in throttles at random. */
  readonly throttle?: number;
}

const TRIALS: readonly Trial[] = [
  { rate: 14, processes: 1 },
  { rate: 14, processes: 2 },
  { rate: 200, processes: 1 },
  { rate: 200, processes: 2 },
  { rate: 1000, processes: 1 },
  { rate: 1000, processes: 2 },
  { rate: 200, processes: 2, throttle: 0.3 },
];

const environment = (dataDir: string, standIn: SesStandIn, rate: number): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  TANK_DATA_DIR: dataDir,
  TANK_TRANSPORT: 'ses',
  TANK_SEND_RATE: String(rate),
  TANK_LOG_LEVEL: 'error',
  AWS_REGION: 'ap-northeast-2',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_ENDPOINT_URL_SESV2: standIn.url,
});

const startProcess = async (env: NodeJS.ProcessEnv): Promise<ChildProcess> => {
  const child = fork(new URL('./pace-process.ts', import.meta.url), [String(SECONDS + 4)], {
    env,
    execArgv: ['--import', 'tsx'],
  });
  await once(child, 'message');
  return child;
};

const run = async ({ rate, processes, throttle = 0 }: Trial): Promise<void> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tank-pace-bench-'));
  const standIn = await startSesStandIn({ settings: { rate, throttle, latencyMs: 1 } });
  try {
    const env = environment(dataDir, standIn, rate);
    await planForBench(env, Math.ceil(rate * (SECONDS + 8) * (throttle > 0 ? 0.8 : 1)));
    const children = await Promise.all(Array.from({ length: processes }, () => startProcess(env)));
    const ends = children.map((child) => once(child, 'message') as Promise<[{ cpuMs: number }]>);
    for (const child of children) child.send('go');
    const before = await firstAccepted(standIn);
    const startedAt = performance.now();
    await sleep(SECONDS * 1000);
    const seconds = (performance.now() - startedAt) / 1000;
    const { accepted, calls, rateThrottled, randomThrottled } = await standIn.counters();
    const cpuMs = (await Promise.all(ends)).reduce((sum, [end]) => sum + end.cpuMs, 0);
    const all = (await standIn.counters()).accepted;
    const perSecond = (accepted - before) / seconds;
    const possible = rate * (1 - throttle);
    console.log(
      [
        `${rate}/s, ${processes} process${processes > 1 ? 'es' : ' '}${throttle ? `, ${throttle * 100}% random throttling` : ''}:`,
        `accepted ${perSecond.toFixed(1)}/s = ${((perSecond / possible) * 100).toFixed(1)}% of ${possible.toFixed(0)}`,
        `throttled by rate ${rateThrottled} of ${calls} (${((rateThrottled / Math.max(1, calls)) * 100).toFixed(2)}%)`,
        `${(cpuMs / all).toFixed(2)} ms CPU a mail`,
        ...(throttle ? [`at random ${randomThrottled}`] : []),
      ].join(' · '),
    );
  } finally {
    await standIn.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

/** The clock starts with the first mail: loading a library is no matter of pace. */
const firstAccepted = async (standIn: SesStandIn): Promise<number> => {
  for (;;) {
    const { accepted } = await standIn.counters();
    if (accepted > 0) return accepted;
    await sleep(20);
  }
};

await ensureBuilt();
const only = process.env.BENCH_ONLY?.split(',').map(Number);
for (const [index, trial] of TRIALS.entries()) if (!only || only.includes(index)) await run(trial);
