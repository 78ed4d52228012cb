import { afterEach, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import { json, mailsIn, newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';

const ROWS = 30;
const LONG = 60_000;

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

const portOf = (url: string): string => new URL(url).port;

it(
  'tank serve --role worker sends what others start, and answers on the worker port alone',
  async () => {
    const machine = await newMachine();
    const { definitions } = await layOutCampaign(machine, ROWS);
    await tank(machine, ['apply', definitions]);
    const worker = await startTank(machine, ['serve', '--role', 'worker']);
    expect(portOf(worker.url)).toBe(machine.settings.TANK_WORKER_PORT);
    await expect(fetch(`http://127.0.0.1:${machine.settings.TANK_HTTP_PORT}/health`)).rejects.toThrow();
    expect(await (await fetch(`${worker.url}/health`)).json()).toMatchObject({
      status: 'ok',
      role: 'worker',
    });
    expect((await fetch(`${worker.url}/api/v1/runs`)).status).toBe(404);

    const { state, sent } = json<{ state: string; sent: number }>(
      await tank(machine, ['run', CAMPAIGN, '--wait', '--json']),
    );
    expect([state, sent, (await mailsIn(machine)).length]).toEqual(['finished', ROWS, ROWS]);
    expect(await (await fetch(`${worker.url}/metrics`)).text()).toMatch(/queue="bulk"/);
    expect((await worker.stop()).code).toBe(0);
  },
  LONG,
);

it('tank serve --role api is refused where nobody beside it could send', async () => {
  const { code, stdout, stderr } = await tank(await newMachine(), ['serve', '--role', 'api']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('--role is api, and with TANK_STORE=sqlite no other process can send');
});

it(
  'tank serve is both at once',
  async () => {
    const machine = await newMachine();
    const daemon = await startTank(machine, ['serve', '--role', 'all']);
    expect(portOf(daemon.url)).toBe(machine.settings.TANK_HTTP_PORT);
    expect(await (await fetch(`${daemon.url}/health`)).json()).toMatchObject({ role: 'all' });
    const worker = `http://127.0.0.1:${machine.settings.TANK_WORKER_PORT}`;
    expect((await fetch(`${worker}/metrics`)).status).toBe(200);
  },
  LONG,
);
