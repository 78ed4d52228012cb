import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqsQueue } from '../../../shared/adapters/sqs/queue.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import type { Queue } from '../../../shared/ports/queue.ts';
import { type Bank, makeBank } from '../../fixtures/campaign/bank.ts';
import { Tank } from '../../fixtures/campaign/daemon.ts';
import type { Settings } from '../../fixtures/ses-stand-in/settings.ts';
import { type SesStandIn, startSesStandIn } from '../../fixtures/ses-stand-in/start.ts';
import { EventRelay } from '../chaos/event-relay.ts';
import { type ElasticMq, startElasticMq } from '../elasticmq-server.ts';
import { type PostgresServer, SUPERUSER, startPostgres } from '../postgres-server.ts';
import { type DoublingBroker, doubleMessages } from './doubling-broker.ts';

/** Several machines of one installation: each has a folder of its own, and all share PostgreSQL, a broker and a key. */
export interface FleetWorld {
  readonly journal: string;
  readonly bank: Bank;
  readonly standIn: SesStandIn;
  readonly postgres: PostgresServer;
  readonly broker: ElasticMq;
  readonly queue: Queue;
  readonly tanks: readonly Tank[];
  countStates(): Promise<Readonly<Record<string, number>>>;
  end(): Promise<void>;
}

export interface FleetOptions {
  readonly recipients: number;
  readonly daemons: number;
  readonly seed?: number;
  readonly standIn?: Partial<Settings>;
  readonly settings?: Readonly<Record<string, string>>;
  /** How often each message of a daemon comes to lie on the queue. */
  readonly copies?: number;
  readonly fileEvery?: number;
}

const REGION = 'ap-northeast-2';
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'made-up-secret' };

/** As short as the settings allow, so that a history of many deaths ends in minutes. */
const SHORT = {
  TANK_STORE: 'postgres',
  TANK_STORE_CONNECTIONS: '6',
  TANK_QUEUE: 'sqs',
  TANK_WAVE: '8',
  TANK_SEND_WORKERS: '2',
  TANK_LEASE_SECONDS: '10',
  TANK_CALL_TIMEOUT_SECONDS: '2',
  TANK_QUEUE_WINDOW_SECONDS: '10',
  TANK_IN_DOUBT_WAIT_MINUTES: '1',
  TANK_RETRY_MINUTES: '0,0,1',
  TANK_LOG_LEVEL: 'error',
};

const EVENTS: Partial<Settings> = { eventDelayMs: 200, eventDisorderMs: 2_000, eventDuplicates: 0.05 };

export const makeFleet = async (options: FleetOptions): Promise<FleetWorld> => {
  const folder = await mkdtemp(join(tmpdir(), 'tank-fleet-'));
  const journal = join(folder, 'journal.jsonl');
  const [postgres, broker, relay] = await Promise.all([
    startPostgres(),
    startElasticMq(),
    EventRelay.listen(),
  ]);
  const proxy = options.copies ? await doubleMessages(broker.endpoint, options.copies) : undefined;
  const bank = await makeBank({ folder, customers: options.recipients, fileEvery: options.fileEvery ?? 10 });
  const standIn = await startSesStandIn({
    journal,
    seed: options.seed ?? 1,
    eventPost: relay.url,
    settings: { ...EVENTS, ...options.standIn },
  });
  const settings = {
    ...SHORT,
    TANK_MASTER_KEY: randomBytes(32).toString('base64'),
    TANK_STORE_URL: `postgres://${SUPERUSER}@localhost:${postgres.port}/tank`,
    AWS_ENDPOINT_URL_SQS: (proxy ?? broker).endpoint,
    ...options.settings,
  };
  const tanks = await Promise.all(
    Array.from({ length: options.daemons }, async (_, n) => {
      const dataDir = join(folder, `machine-${n + 1}`);
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
      return Tank.at({ dataDir, bank, standInUrl: standIn.url, settings });
    }),
  );
  const queue = await openQueue(broker);
  relay.forwardInto(queue);
  const end = () => endAll({ folder, relay, standIn, proxy, broker, postgres });
  return {
    journal,
    bank,
    standIn,
    postgres,
    broker,
    queue,
    tanks,
    countStates: () => countIn(postgres),
    end,
  };
};

/** The test's own hands on the queues. */
const openQueue = (broker: ElasticMq): Promise<Queue> =>
  openSqsQueue({
    region: REGION,
    endpoint: broker.endpoint,
    credentials: CREDENTIALS,
    prefix: 'tank-',
    maxReceiveCount: () => 5,
    runtime: { clock: systemClock },
  });

const countIn = async (postgres: PostgresServer): Promise<Readonly<Record<string, number>>> => {
  const { rows } = await postgres.run('SELECT state, COUNT(*)::int AS n FROM email_send_log GROUP BY state');
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
};

interface Parts {
  readonly folder: string;
  readonly relay: EventRelay;
  readonly standIn: SesStandIn;
  readonly proxy: DoublingBroker | undefined;
  readonly broker: ElasticMq;
  readonly postgres: PostgresServer;
}

const endAll = async ({ folder, relay, standIn, proxy, broker, postgres }: Parts): Promise<void> => {
  await relay.stop();
  await standIn.stop();
  await proxy?.stop();
  await broker.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
};
