import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { gatewayClient, layOutGateway } from '../support/gateway.ts';
import { newMachine, scrapMachines, startTank } from '../support/tank.ts';
import { type PostgresServer, SUPERUSER, startPostgres } from './postgres-server.ts';

let server: PostgresServer;
beforeAll(async () => {
  await ensureBuilt();
  server = await startPostgres();
}, 120_000);
afterAll(() => server.stop());
afterEach(scrapMachines);

const MESSAGE = { from: 'billing@example.com', to: 'kim@example.com', subject: '청구서', text: 'Hello' };

test('a daemon with its store in PostgreSQL accepts messages, once for each key, and sends them', async () => {
  const machine = await newMachine({
    TANK_STORE: 'postgres',
    TANK_STORE_URL: `postgres://${SUPERUSER}@localhost:${server.port}/tank`,
  });
  const bundle = await layOutGateway(machine);
  const daemon = await startTank(machine, ['serve']);
  const client = gatewayClient(bundle);
  const post = (key: string, subject: string) =>
    client.post({ ...MESSAGE, subject }, { 'idempotency-key': key });

  const answers = await Promise.all(['one', 'two', 'one', 'three'].map((key) => post(key, 'bill')));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  const ids = answers.map(({ json }) => String(json.message));
  expect(new Set(ids).size).toBe(3);
  expect(ids[2]).toBe(ids[0]);
  expect((await post('one', 'another bill')).status).toBe(409);

  for (const id of new Set(ids))
    await expect
      .poll(async () => (await client.get(id)).json, { timeout: 30_000 })
      .toMatchObject({ settled: true, recipients: [{ state: 'sent' }] });
  const { rows } = await server.run(`SELECT count(*)::int AS sent FROM email_send_log WHERE state = 'sent'`);
  expect(rows).toEqual([{ sent: 3 }]);
  client.close();
  await daemon.stop();
});
