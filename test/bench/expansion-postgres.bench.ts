import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { type PostgresServer, SUPERUSER, startPostgres } from '../services/postgres-server.ts';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import { newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';
import { holdBar } from './bars.ts';

/** The built daemon plans 100,000 rows into PostgreSQL, which shares the machine with it. */
const RUNS = 3;
const ROWS = 100_000;
const WARM = 10_000;
const LOOK_EVERY_MS = 10;
const TICKS_PER_SECOND = 100;

interface Figures {
  readonly rowsPerSecond: number;
  /** Microseconds of each row. */
  readonly daemonUs: number;
  readonly serverUs: number;
}

const cpuOf = async (pid: string | number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.replace(/^.*\) /, '').split(' ');
  return fields ? (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND : 0;
};

/** Of all that PostgreSQL does. */
const cpuOfServer = async (server: number): Promise<number> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const used = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return Number(/PPid:\s+(\d+)/.exec(status)?.[1]) === server ? cpuOf(pid) : 0;
    }),
  );
  return used.reduce((sum, one) => sum + one, 0);
};

const measurePlan = async (server: PostgresServer, daemon: number): Promise<Figures> => {
  const warm = { at: 0, rows: 0, daemon: 0, server: 0 };
  for (;;) {
    const { rows } = await server.run('SELECT state, targets::int FROM run ORDER BY id DESC LIMIT 1');
    const [run = { state: 'planning', targets: 0 }] = rows;
    if (run.state !== 'planning') break;
    if (warm.at === 0 && run.targets >= WARM)
      Object.assign(warm, {
        at: performance.now(),
        rows: run.targets,
        daemon: await cpuOf(daemon),
        server: await cpuOfServer(server.pid),
      });
    await sleep(LOOK_EVERY_MS);
  }
  const seconds = (performance.now() - warm.at) / 1000;
  const rows = ROWS - warm.rows;
  return {
    rowsPerSecond: rows / seconds,
    daemonUs: (((await cpuOf(daemon)) - warm.daemon) * 1e6) / rows,
    serverUs: (((await cpuOfServer(server.pid)) - warm.server) * 1e6) / rows,
  };
};

const runOnce = async (): Promise<Figures> => {
  const server = await startPostgres();
  try {
    const machine = await newMachine({
      TANK_STORE: 'postgres',
      TANK_STORE_URL: `postgres://${SUPERUSER}@localhost:${server.port}/tank`,
    });
    const { definitions } = await layOutCampaign(machine, ROWS);
    await tank(machine, ['apply', definitions]);
    const daemon = await startTank(machine, ['serve']);
    await tank(machine, ['run', CAMPAIGN]);
    return await measurePlan(server, daemon.pid);
  } finally {
    await scrapMachines();
    await server.stop();
  }
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

await ensureBuilt();
const figures: Figures[] = [];
for (let run = 0; run < RUNS; run += 1) figures.push(await runOnce());
const of = (name: keyof Figures) => median(figures.map((one) => one[name]));
console.log(`Node ${process.version}, medians of ${RUNS} expansions of ${ROWS} rows into PostgreSQL`);
console.log(
  `CPU of a row: ${of('daemonUs').toFixed(1)} us of the daemon, ${of('serverUs').toFixed(1)} us of PostgreSQL, side by side`,
);
holdBar({ name: 'rows', measured: of('rowsPerSecond'), atLeast: 20_000, unit: 'rows/s' });
