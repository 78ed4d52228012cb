import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bank, makeBank } from '../../fixtures/campaign/bank.ts';
import { Tank } from '../../fixtures/campaign/daemon.ts';
import type { Settings } from '../../fixtures/ses-stand-in/settings.ts';
import { type SesStandIn, startSesStandIn } from '../../fixtures/ses-stand-in/start.ts';
import { EventRelay } from './event-relay.ts';

/** The bank, the stand-in, the way of the events and the product's own folder: everything but its lives. */
export interface World {
  readonly folder: string;
  readonly dataDir: string;
  readonly journal: string;
  readonly bank: Bank;
  readonly standIn: SesStandIn;
  readonly relay: EventRelay;
  readonly tank: Tank;
  readonly limits: { readonly wave: number; readonly workers: number };
  end(): Promise<void>;
}

export interface WorldOptions {
  readonly recipients: number;
  readonly seed: number;
  readonly policy?: 'hold' | 'resend';
  readonly standIn?: Partial<Settings>;
  readonly settings?: Readonly<Record<string, string>>;
  /** Where the data folder lies; a folder of its own otherwise. */
  readonly dataDir?: string;
  /** Mails whose events never arrive. */
  readonly loses?: (messageId: string) => boolean;
}

/** Half the usual wave: with 100 mails a life, a life must not end with all of them on their way. */
const LIMITS = { wave: 8, workers: 4 };

/** Leases, time-outs and waits as short as the settings allow, so that a history of many deaths ends in minutes. */
const SHORT = {
  TANK_WAVE: String(LIMITS.wave),
  TANK_SEND_WORKERS: String(LIMITS.workers),
  TANK_LEASE_SECONDS: '10',
  TANK_CALL_TIMEOUT_SECONDS: '2',
  TANK_QUEUE_WINDOW_SECONDS: '10',
  TANK_IN_DOUBT_WAIT_MINUTES: '1',
  TANK_RETRY_MINUTES: '0,0,1',
  TANK_LOG_LEVEL: 'warn',
};

export const makeWorld = async (options: WorldOptions): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'tank-chaos-'));
  const dataDir = options.dataDir ?? join(folder, 'data');
  const journal = join(folder, 'journal.jsonl');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const bank = await makeBank({
    folder,
    customers: options.recipients,
    fileEvery: 10,
    inDoubt: options.policy ?? 'hold',
  });
  const relay = await EventRelay.listen(options.loses);
  const standIn = await startSesStandIn({
    journal,
    seed: options.seed,
    eventPost: relay.url,
    settings: { ...EVENTS, ...options.standIn },
  });
  const tank = await Tank.at({
    dataDir,
    bank,
    standInUrl: standIn.url,
    settings: { ...SHORT, ...options.settings },
  });
  const end = async () => {
    await relay.stop();
    await standIn.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { folder, dataDir, journal, bank, standIn, relay, tank, limits: LIMITS, end };
};

/** Late, twice and out of order, as SES may. */
const EVENTS: Partial<Settings> = { eventDelayMs: 200, eventDisorderMs: 2_000, eventDuplicates: 0.05 };
