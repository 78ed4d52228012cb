import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { type BankOptions, makeBank } from '../../fixtures/campaign/bank.ts';
import { type DaemonLife, Tank } from '../../fixtures/campaign/daemon.ts';
import { startSesStandIn } from '../../fixtures/ses-stand-in/start.ts';

export interface WholeWayOptions extends Omit<BankOptions, 'folder'> {
  readonly settings?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  /** The rest of the run is left alone: its memory is what is asked for, not its hours. */
  readonly stopAfter?: number;
}

/** One run of the built daemon against the stand-in with answers of 1 ms, each in its own process. */
export interface WholeWay {
  /** From the first call to the last write-back. */
  readonly perSecond: number;
  /** From the first call to the last. */
  readonly callsPerSecond: number;
  /** From `tank run` to the first call: planning, files and all. */
  readonly planSeconds: number;
  readonly cpuMs: number;
  readonly planCpuMs: number;
  readonly peakMb: number;
  readonly peakMbPlanned: number;
}

export const wholeWay = async ({
  settings = {},
  nodeFlags,
  stopAfter,
  ...bankOptions
}: WholeWayOptions): Promise<WholeWay> => {
  const folder = await mkdtemp(join(tmpdir(), 'tank-bench-'));
  const dataDir = join(folder, 'data');
  await mkdir(dataDir, { mode: 0o700 });
  const bank = await makeBank({ folder, ...bankOptions });
  const standIn = await startSesStandIn({ settings: { latencyMs: 1 } });
  const tank = await Tank.at({
    dataDir,
    bank,
    standInUrl: standIn.url,
    settings: { TANK_LOG_LEVEL: 'warn', ...settings },
    ...(nodeFlags ? { nodeFlags } : {}),
  });
  const life = await tank.start();
  try {
    await tank.apply(bank);
    const before = usageOf(life);
    const askedAt = Date.now();
    await tank.startRun();
    await until(async () => (await standIn.counters()).accepted > 0);
    const planned = usageOf(life);
    const mails = stopAfter ?? bank.customers;
    await until(async () => (await standIn.counters()).accepted >= mails, 50);
    if (stopAfter === undefined && bankOptions.writeBack !== false) await untilWrittenBack(bank.file);
    const endedAt = Date.now();
    const after = usageOf(life);
    const { firstAt, lastAt } = await standIn.counters();
    return {
      perSecond: (mails * 1000) / (endedAt - firstAt),
      callsPerSecond: (mails * 1000) / (lastAt - firstAt),
      planSeconds: (firstAt - askedAt) / 1000,
      cpuMs: (after.cpuMs - planned.cpuMs) / mails,
      planCpuMs: (planned.cpuMs - before.cpuMs) / bank.customers,
      peakMb: after.peakMb,
      peakMbPlanned: planned.peakMb,
    };
  } finally {
    life.process.kill('SIGTERM');
    await life.ended;
    await standIn.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const until = async (holds: () => Promise<boolean>, everyMs = 20): Promise<void> => {
  while (!(await holds())) await sleep(everyMs);
};

const untilWrittenBack = async (file: string): Promise<void> => {
  const database = new DatabaseSync(file, { readOnly: true });
  const left = database.prepare(`SELECT 1 FROM CUSTOMER WHERE SEND_YN = 'N' LIMIT 1`);
  await until(async () => left.all().length === 0, 50);
  database.close();
};

const TICKS_PER_SECOND = 100;

/** From /proc: CPU of all threads of the daemon, and the most memory it ever had. */
const usageOf = ({ pid }: DaemonLife): { cpuMs: number; peakMb: number } => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return {
    cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND,
    peakMb: Number(peak) / 1024,
  };
};
