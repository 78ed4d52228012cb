import { readFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import { type Machine, newMachine, type Started, scrapMachines, startTank, tank } from '../support/tank.ts';
import { holdBar } from './bars.ts';

/** npx tsx test/bench/expansion.bench.ts: the built daemon plans 100,000 rows while somebody asks for its health. */
const RUNS = 3;
const ROWS = 100_000;
const WARM = 10_000;
const WANTED = { rowsPerSecond: 20_000, growthMb: 80, healthMs: 50 };
const LOOK_EVERY_MS = 5;
const IDLE_MS = 1_000;

interface Figures {
  readonly rowsPerSecond: number;
  readonly rowsPerCpuSecond: number;
  readonly growthMb: number;
  readonly idleP99: number;
  readonly healthP99: number;
  readonly healthMax: number;
}

const rssMb = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const TICKS_PER_SECOND = 100;
/** What the process has used of both threads and both modes: the same on a busy machine. */
const cpuSeconds = async (pid: number): Promise<number> => {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};

/** Asked one by one on a connection that stays, as a load balancer does. */
const watchHealth = (url: string, until: AbortSignal): Promise<number[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const since = performance.now();
      get(`${url}/health`, { agent }, (response) =>
        response.resume().on('end', () => resolve(performance.now() - since)),
      ).on('error', reject);
    });
  const asking = async () => {
    const times: number[] = [];
    while (!until.aborted) {
      times.push(await ask());
      await sleep(LOOK_EVERY_MS);
    }
    agent.destroy();
    return times;
  };
  return asking();
};

/** How far the plan has come, read beside the daemon without disturbing it. */
const openProgress = ({ dataDir }: Machine) => {
  const store = new DatabaseSync(join(dataDir, 'tank.db'), { readOnly: true, timeout: 5_000 });
  const newest = store.prepare('SELECT state, targets FROM run ORDER BY id DESC LIMIT 1');
  return {
    read: () => (newest.get() ?? { state: 'planning', targets: 0 }) as { state: string; targets: number },
    close: () => store.close(),
  };
};

const measurePlan = async (machine: Machine, { pid }: Started) => {
  const progress = openProgress(machine);
  const warm = { at: 0, rows: 0, mb: 0, cpu: 0 };
  let mostMb = 0;
  for (;;) {
    const { state, targets } = progress.read();
    if (state !== 'planning') break;
    if (targets >= WARM) {
      const mb = await rssMb(pid);
      if (warm.at === 0)
        Object.assign(warm, { at: performance.now(), rows: targets, mb, cpu: await cpuSeconds(pid) });
      mostMb = Math.max(mostMb, mb);
    }
    await sleep(LOOK_EVERY_MS);
  }
  const seconds = (performance.now() - warm.at) / 1000;
  const cpu = (await cpuSeconds(pid)) - warm.cpu;
  progress.close();
  const rows = ROWS - warm.rows;
  return { rowsPerSecond: rows / seconds, rowsPerCpuSecond: rows / cpu, growthMb: mostMb - warm.mb };
};

const runOnce = async (): Promise<Figures> => {
  const machine = await newMachine();
  const { definitions } = await layOutCampaign(machine, ROWS);
  await tank(machine, ['apply', definitions]);
  const daemon = await startTank(machine, ['serve']);
  const idle = await watchHealth(daemon.url, AbortSignal.timeout(IDLE_MS));
  const done = new AbortController();
  await tank(machine, ['run', CAMPAIGN]);
  const health = watchHealth(daemon.url, done.signal);
  const plan = await measurePlan(machine, daemon);
  done.abort();
  const times = await health;
  await daemon.stop('SIGKILL');
  return { ...plan, idleP99: p99(idle), healthP99: p99(times), healthMax: Math.max(...times) };
};

const p99 = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

await ensureBuilt();
const figures: Figures[] = [];
for (let run = 0; run < RUNS; run += 1) figures.push(await runOnce().finally(scrapMachines));
const of = (name: keyof Figures) => median(figures.map((one) => one[name]));
console.log(`Node ${process.version}, medians of ${RUNS} expansions of ${ROWS} rows`);
console.log(
  `${of('rowsPerCpuSecond').toFixed(0)} rows per CPU second (two threads side by side); /health at most ${of('healthMax').toFixed(1)} ms, idle p99 ${of('idleP99').toFixed(1)} ms`,
);
holdBar({ name: 'rows per second', measured: of('rowsPerSecond'), atLeast: WANTED.rowsPerSecond });
holdBar({ name: 'RSS growth', measured: of('growthMb'), below: WANTED.growthMb, unit: 'MB' });
holdBar({ name: '/health p99', measured: of('healthP99'), below: WANTED.healthMs, unit: 'ms' });
