/**
 * The whole way of a mail through the built daemon, beside a bare loop of the SDK in the same run:
 *   node --import tsx test/bench/delivery.bench.ts [attached] [plain] [memory]
 * TANK_TEST_BENCH_ROUNDS (3) runs of each, the median counts; `memory` plans TANK_TEST_BENCH_RECIPIENTS (1000000)
 * and sends the first TANK_TEST_BENCH_SENDS (50000) of them.
 * Stand-in, daemon and loop have a process each; on two cores they share them.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { startSesStandIn } from '../fixtures/ses-stand-in/start.ts';
import { holdBar } from './bars.ts';
import { type WholeWay, type WholeWayOptions, wholeWay } from './delivery/whole-way.ts';

const run = promisify(execFile);
const ROUNDS = Number(process.env.TANK_TEST_BENCH_ROUNDS ?? 3);
/** Four workers with a wave of 16 each: as the settings come. */
const CONCURRENCY = 64;
const FILE_BYTES = 100 * 1024;

interface Loop {
  readonly perSecond: number;
  readonly cpuMs: number;
}

const sdkLoop = async (calls: number, bytes: number, client: 'stock' | 'lean'): Promise<Loop> => {
  const standIn = await startSesStandIn({ settings: { latencyMs: 1 } });
  const script = fileURLToPath(new URL('./delivery/sdk-loop.ts', import.meta.url));
  const args = [script, standIn.url, String(calls), String(CONCURRENCY), String(bytes), client];
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'made-up-secret',
    NODE_NO_WARNINGS: '1',
  };
  const { stdout } = await run(process.execPath, ['--import', 'tsx', ...args], { env }).finally(() =>
    standIn.stop(),
  );
  return JSON.parse(stdout) as Loop;
};

const medianOf = <T extends { perSecond: number }>(figures: readonly T[]): T =>
  [...figures].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(figures.length / 2)] as T;

const inTurn = async <T>(count: number, work: () => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let i = 0; i < count; i += 1) results.push(await work());
  return results;
};

const show = (what: string, perSecond: number, cpuMs: number, more = '') =>
  console.log(
    `${what.padEnd(62)} ${Math.round(perSecond).toLocaleString('en').padStart(6)} mails/s  ${cpuMs.toFixed(3)} ms CPU a mail${more}`,
  );

const showWay = (what: string, way: WholeWay) =>
  show(
    what,
    way.perSecond,
    way.cpuMs,
    `  calls ${Math.round(way.callsPerSecond)}/s  planned in ${way.planSeconds.toFixed(1)} s (${way.planCpuMs.toFixed(3)} ms)  peak ${Math.round(way.peakMb)} MB`,
  );

/** Each round has all three in turn, so that a machine that slows down slows all of them. */
const compare = async (what: string, calls: number, bytes: number, way: WholeWayOptions) => {
  const rounds = await inTurn(ROUNDS, async () => ({
    stock: await sdkLoop(calls / 2, bytes, 'stock'),
    lean: await sdkLoop(calls, bytes, 'lean'),
    whole: await wholeWay(way),
  }));
  const stock = medianOf(rounds.map((round) => round.stock));
  const lean = medianOf(rounds.map((round) => round.lean));
  const whole = medianOf(rounds.map((round) => round.whole));
  show(`bare loop of the SDK's SendEmail, ready-made, ${what}`, stock.perSecond, stock.cpuMs);
  show(`bare loop of the lean transport, ${what}`, lean.perSecond, lean.cpuMs);
  showWay(`the whole way, ${what}`, whole);
  console.log(
    `  whole way / bare SDK ${(whole.perSecond / stock.perSecond).toFixed(2)} · whole way / lean loop ${(whole.perSecond / lean.perSecond).toFixed(2)}`,
  );
  return { perSecond: whole.perSecond, ofSdk: whole.perSecond / stock.perSecond };
};

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  attached: async () => {
    const way = { customers: 3_000, fileEvery: 1, fileBytes: FILE_BYTES };
    const { ofSdk } = await compare('100 KB each', 3_000, FILE_BYTES, way);
    holdBar({
      name: 'the whole way, of a bare loop of the SDK',
      measured: ofSdk,
      atLeast: 0.9,
      unit: 'times',
    });
  },
  plain: async () => {
    const { perSecond } = await compare('no attachment', 10_000, 0, { customers: 10_000 });
    holdBar({ name: 'the whole way, no attachment', measured: perSecond, atLeast: 1_000, unit: 'mails/s' });
  },
  memory: async () => {
    const customers = Number(process.env.TANK_TEST_BENCH_RECIPIENTS ?? 1_000_000);
    const stopAfter = Number(process.env.TANK_TEST_BENCH_SENDS ?? 50_000);
    const way = await wholeWay({ customers, stopAfter });
    showWay(
      `the first ${stopAfter.toLocaleString('en')} of ${customers.toLocaleString('en')} recipients`,
      way,
    );
    console.log(
      `  peak after planning ${Math.round(way.peakMbPlanned)} MB, in the end ${Math.round(way.peakMb)} MB`,
    );
    holdBar({ name: 'most memory', measured: way.peakMb, below: 300, unit: 'MB' });
  },
};

await ensureBuilt();
const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench();
}
process.exit();
