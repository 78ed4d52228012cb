import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTellClientsHandler } from '../../functions/tell-clients/handler.ts';
import { remindOfRenewals } from '../../functions/tell-clients/remind-of-renewals.ts';
import { tellClients } from '../../functions/tell-clients/tell-clients.ts';
import { openSqlite } from '../../shared/adapters/sqlite/database.ts';
import { createWeb } from '../../shared/adapters/web/web.ts';
import type { Alert } from '../../shared/ports/alerts.ts';
import type { WebRequest } from '../../shared/ports/web.ts';
import { adminApi } from '../../shared/wire/admin-api.ts';
import { clientsApi } from '../../shared/wire/clients-api.ts';
import { aMessage, openGatewayOffice } from '../fixtures/gateway-office.ts';
import { lambdaContext } from '../fixtures/identity.ts';
import { inDays } from '../fixtures/pki.ts';

const URL_OF_CLIENT = 'https://erp.example.com/tank';
const LONG = () => 60_000;

const openTold = async (answer: (n: number) => number = () => 204, url = URL_OF_CLIENT) => {
  const office = await openGatewayOffice({}, { callbackUrl: url });
  const told: WebRequest[] = [];
  const web = {
    exchange: async (request: WebRequest) => {
      told.push(request);
      return { status: answer(told.length), headers: {}, body: new Uint8Array() };
    },
  };
  const ports = { ...office.ports, publicWeb: async () => web };
  const store = await openSqlite(join(office.folder, 'data', 'tank.db'), { host: 'inline' });
  const makeDue = () => store.run('UPDATE message SET callback_due = 0 WHERE callback_due IS NOT NULL');
  const waits = () => store.all('SELECT callback_due, callback_tries FROM message');
  const age = (days: number) =>
    store.run('UPDATE message SET created_at = created_at - ?', [days * 86_400_000]);
  const contents = () => store.all('SELECT content IS NULL AS forgotten FROM message');
  const turn = () => createTellClientsHandler(ports)({} as never, lambdaContext());
  return {
    ...office,
    told,
    age,
    contents,
    turn,
    ports,
    tell: () => tellClients(ports, LONG),
    makeDue,
    waits,
  };
};

test('a client is told once that all mails of its message are settled, and can tell who said so', async () => {
  const world = await openTold();
  const secret = String(world.added.callbackSecret);
  const { json } = await world.post(aMessage({ to: ['kim@example.com', 'lee@example.com'] }));
  await world.makeDue();
  await world.tell();
  expect(world.told).toEqual([]);
  await world.work();
  await world.tell();
  await world.makeDue();
  await world.tell();
  expect(world.told).toHaveLength(1);
  const [{ url, headers = {}, body = '' } = {} as WebRequest] = world.told;
  expect(url).toBe(URL_OF_CLIENT);
  expect(JSON.parse(body)).toMatchObject({
    event: 'message.settled',
    message: json.message,
    settled: true,
    recipients: [{ state: 'sent' }, { state: 'sent' }],
  });
  expect(body).not.toContain('kim@');
  const [, at = '', signature = ''] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['tank-signature'] ?? '') ?? [];
  expect(signature).toBe(createHmac('sha256', secret).update(`${at}.${body}`).digest('hex'));
});

test('the secret is shown once, and lies in the store encrypted', async () => {
  const world = await openTold();
  const secret = String(world.added.callbackSecret);
  expect(secret.length).toBeGreaterThan(40);
  const listed = await world.ask(clientsApi.listClients);
  expect(JSON.stringify(listed.json)).not.toContain(secret);
  const [row] = await (await openSqlite(join(world.folder, 'data', 'tank.db'), { host: 'inline' })).all(
    'SELECT spec, callback_secret FROM client',
  );
  expect(Buffer.from(row?.callback_secret as Uint8Array).includes(secret)).toBe(false);
});

test('a client that does not answer well is told again, later each time, and given up in the end', async () => {
  const world = await openTold(() => 500);
  await world.post(aMessage());
  await world.work();
  const waits: number[] = [];
  for (let tries = 1; tries <= 11; tries += 1) {
    await world.makeDue();
    const before = Date.now();
    await world.tell();
    const [row] = await world.waits();
    expect(row?.callback_tries).toBe(tries);
    if (row?.callback_due !== null) waits.push(Math.round((Number(row?.callback_due) - before) / 60_000));
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
  expect(world.told).toHaveLength(11);
});

test.each([
  'https://127.0.0.1/x',
  'https://10.0.0.1/x',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/x',
])('no callback reaches into the own network: %s', async (url) => {
  const world = await openTold(() => 204, url);
  await world.post(aMessage());
  await world.work();
  await world.makeDue();
  await tellClients({ ...world.ports, publicWeb: async () => createWeb({ reach: 'public' }) }, LONG);
  expect(world.log()).toContain('its address is not public');
});

test('a callback over plain HTTP is refused when it is set', async () => {
  await expect(openGatewayOffice({}, { callbackUrl: 'http://erp.example.com/x' })).rejects.toThrow(
    'callbackUrl',
  );
});

test('what a message says is forgotten after thirty days; then it cannot be sent again, and its fate is still told', async () => {
  const world = await openTold();
  const { json } = await world.post(aMessage());
  await world.work();
  const again = () =>
    world.ask(adminApi.sendAgain, { params: { id: String(json.message) }, body: { reason: 'asked for' } });
  await world.age(29.9);
  await world.turn();
  expect(await world.contents()).toEqual([{ forgotten: 0 }]);
  expect((await again()).status).toBe(202);
  await world.work();
  await world.age(0.2);
  await world.turn();
  expect(await world.contents()).toEqual([{ forgotten: 1 }]);
  expect((await again()).status).toBe(404);
  expect((await world.get(json.message)).json).toMatchObject({ recipients: [{ state: 'sent' }] });
});

test('whose last certificate ends within two weeks is named; a renewed one is not', async () => {
  const office = await openGatewayOffice();
  const raised: Alert[] = [];
  const alerts = {
    raise: async (alert: Alert) => void raised.push(alert),
    signal: async () => 'few' as const,
  };
  const ports = { ...office.ports, alerts: async () => alerts };
  const note = async (days: number) => {
    const { cert } = await office.pki.client('billing', { notAfter: inDays(days) });
    await office.ask(clientsApi.noteCertificate, { params: { id: 'billing' }, body: { pem: cert } });
  };
  await note(13);
  await remindOfRenewals(ports);
  expect(raised).toMatchObject([{ kind: 'certificate_expiring', about: 'billing' }]);
  await note(90);
  await remindOfRenewals(ports);
  expect(raised).toHaveLength(1);
});
