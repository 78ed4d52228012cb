import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import { json, type Machine, mailsIn, newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';
import { type PostgresServer, SUPERUSER, startPostgres } from './postgres-server.ts';

const ROWS = 120;

let server: PostgresServer;
beforeAll(async () => {
  await ensureBuilt();
  server = await startPostgres();
});
afterEach(scrapMachines);
afterAll(() => server.stop());

it('tank serve --role api takes in what tank serve --role worker sends from a data folder of its own', async () => {
  const desk = await newMachine({
    TANK_STORE: 'postgres',
    TANK_STORE_URL: `postgres://${SUPERUSER}@localhost:${server.port}/tank`,
    TANK_MASTER_KEY: randomBytes(32).toString('base64'),
  });
  const { definitions, addresses } = await layOutCampaign(desk, ROWS);
  await tank(desk, ['apply', definitions]);
  const api = await startTank(desk, ['serve', '--role', 'api']);
  expect(new URL(api.url).port).toBe(desk.settings.TANK_HTTP_PORT);
  await expect(fetch(`http://127.0.0.1:${desk.settings.TANK_WORKER_PORT}/metrics`)).rejects.toThrow();
  expect(await (await fetch(`${api.url}/health`)).json()).toMatchObject({ status: 'ok', role: 'api' });

  const dataDir = join(desk.folder, 'worker');
  const mill: Machine = { ...desk, dataDir, settings: { ...desk.settings, TANK_DATA_DIR: dataDir } };
  await startTank(mill, ['serve', '--role', 'worker']);
  expect((await tank(desk, ['run', CAMPAIGN])).code).toBe(0);
  const newest = async () =>
    json<{ items: { state: string; sent: number }[] }>(await tank(desk, ['runs', '--json'])).items[0];
  await expect
    .poll(newest, { timeout: 90_000, interval: 500 })
    .toMatchObject({ state: 'finished', sent: ROWS });
  expect(await mailsIn(desk)).toEqual([]);
  expect(await mailsIn(mill)).toHaveLength(addresses.length);
}, 150_000);
