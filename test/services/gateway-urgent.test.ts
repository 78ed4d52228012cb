import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import { gatewayClient, layOutGateway } from '../support/gateway.ts';
import { json, newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';

const MAILS_A_SECOND = 100;
const CUSTOMERS = 10_000;
const MESSAGES = 30;
const MOST_MS = 2_000;

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

interface Told {
  readonly createdAt: string;
  readonly settled: boolean;
  readonly recipients: readonly { readonly settledAt: string; readonly state: string }[];
}

test('a message leaves within two seconds while bulk uses up the whole pace', async () => {
  const machine = await newMachine({ TANK_SEND_RATE: String(MAILS_A_SECOND) });
  const bundle = await layOutGateway(machine);
  const campaign = await layOutCampaign(machine, CUSTOMERS);
  expect((await tank(machine, ['apply', campaign.definitions])).stderr).toBe('');
  const daemon = await startTank(machine, ['serve']);
  const started = await tank(machine, ['run', CAMPAIGN, '--json']);
  expect(started.stderr).toBe('');
  const sentOfBulk = async () =>
    json<{ items: { targets: number; sent: number }[] }>(await tank(machine, ['runs', '--json'])).items.find(
      ({ targets }) => targets === CUSTOMERS,
    );
  await expect
    .poll(async () => (await sentOfBulk())?.sent, { timeout: 60_000 })
    .toBeGreaterThan(2 * MAILS_A_SECOND);
  const before = { sent: (await sentOfBulk())?.sent ?? 0, at: Date.now() };

  const client = gatewayClient(bundle);
  const ids: string[] = [];
  for (let n = 0; n < MESSAGES; n += 1) {
    const { json: taken } = await client.post({
      from: 'billing@example.com',
      to: 'kim@example.com',
      subject: `urgent ${n}`,
      text: 'Hello',
    });
    ids.push(String(taken.message));
    await sleep(300);
  }
  const after = { sent: (await sentOfBulk())?.sent ?? 0, at: Date.now() };
  const delays: number[] = [];
  for (const id of ids) {
    const told = async () => (await client.get(id)).json as unknown as Told;
    await expect.poll(async () => (await told()).settled, { timeout: 30_000 }).toBe(true);
    const { createdAt, recipients } = await told();
    expect(recipients[0]?.state).toBe('sent');
    delays.push(Date.parse(recipients[0]?.settledAt ?? '') - Date.parse(createdAt));
  }
  delays.sort((a, b) => a - b);
  const pace = ((after.sent - before.sent) * 1000) / (after.at - before.at);
  console.log(
    `delays of ${MESSAGES}: median ${delays[MESSAGES / 2]} ms, longest ${delays.at(-1)} ms; bulk at ${pace.toFixed(0)} a second`,
  );
  expect(after.sent).toBeLessThan(CUSTOMERS);
  expect(pace).toBeGreaterThan(MAILS_A_SECOND * 0.5);
  expect(delays.at(-1)).toBeLessThanOrEqual(MOST_MS);
  client.close();
  await daemon.stop();
}, 300_000);
