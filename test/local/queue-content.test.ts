import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import { json, type Machine, newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';

const ROWS = 3_000;
const BATCH = 50;
const RATE = 60;
const WINDOW_SECONDS = 10;
const WORKERS = 2;
const WATCH_MS = 8_000;

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

interface Row {
  readonly queue: string;
  readonly message_id: string;
  readonly body: string;
}

const openQueue = ({ dataDir }: Machine) => {
  const database = new DatabaseSync(join(dataDir, 'queue.db'), { readOnly: true, timeout: 5_000 });
  const all = database.prepare('SELECT queue, message_id, body FROM queue_message');
  return { read: () => all.all() as unknown as readonly Row[], close: () => database.close() };
};

/** All that the queue has ever carried while it was looked at, and the most work that lay in it at once. */
const watchQueue = async (machine: Machine) => {
  const queue = openQueue(machine);
  const seen = new Map<string, Row>();
  let mostBatches = 0;
  const until = performance.now() + WATCH_MS;
  while (performance.now() < until) {
    const rows = queue.read();
    for (const row of rows) seen.set(row.message_id, row);
    mostBatches = Math.max(mostBatches, rows.filter((row) => row.queue === 'bulk').length);
    await sleep(5);
  }
  queue.close();
  return { messages: [...seen.values()], mostBatches };
};

const bytesOfQueue = async ({ dataDir }: Machine): Promise<string> => {
  const files = ['queue.db', 'queue.db-wal'].map((name) => readFile(join(dataDir, name)).catch(() => ''));
  return (await Promise.all(files)).map(String).join('');
};

/** Of every row, every mail and every address of this campaign. */
const PERSONAL = ['customer.', '고객', 'example.com', '잔액', 'CUST'];

const ID = /^[A-Za-z0-9-]{1,40}$/;

it('the queue carries ids alone, and never more than the work of its window', async () => {
  const machine = await newMachine({
    TANK_QUEUE_WINDOW_SECONDS: String(WINDOW_SECONDS),
    TANK_SEND_RATE: String(RATE),
    TANK_SEND_WORKERS: String(WORKERS),
  });
  const { definitions, addresses } = await layOutCampaign(machine, ROWS);
  await tank(machine, ['apply', definitions]);
  await startTank(machine, ['serve']);
  const { run } = json<{ run: string }>(await tank(machine, ['run', CAMPAIGN, '--json']));
  const { messages, mostBatches } = await watchQueue(machine);

  expect(mostBatches).toBeGreaterThan(0);
  // The message of a batch that a worker has just finished is still there when the next ones come.
  expect(mostBatches).toBeLessThanOrEqual(Math.ceil((RATE * WINDOW_SECONDS) / BATCH) + WORKERS);
  expect(new Set(messages.map(({ queue }) => queue))).toEqual(new Set(['expand', 'bulk', 'write-back']));

  const keys = new Set(addresses.map((_, row) => String(row + 1).padStart(10, '0')));
  for (const { body } of messages) {
    const { v, kind, ...ids } = JSON.parse(body);
    expect([v, ['expand', 'send', 'write-back'].includes(kind)]).toEqual([1, true]);
    expect(Object.keys(ids).filter((name) => !['runId', 'batchId'].includes(name))).toEqual([]);
    for (const id of Object.values(ids)) {
      expect(id).toMatch(ID);
      expect(keys.has(String(id))).toBe(false);
    }
  }
  const bytes = await bytesOfQueue(machine);
  expect([run, ...PERSONAL].filter((words) => bytes.includes(words))).toEqual([run]);

  const { items } = json<{ items: { state: string; sent: number }[] }>(
    await tank(machine, ['runs', '--json']),
  );
  expect(items[0]?.state).toBe('sending');
  expect(items[0]?.sent).toBeGreaterThan(BATCH);
  expect(items[0]?.sent).toBeLessThan(ROWS - mostBatches * BATCH);
}, 60_000);
