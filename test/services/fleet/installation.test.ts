import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../../local/setup/build.mjs';
import type { Tank } from '../../fixtures/campaign/daemon.ts';
import { Fleet, settleFleet, startCampaign } from './campaign.ts';
import { type FleetWorld, makeFleet } from './world.ts';

interface Asked {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/** What one machine answers, asked at its own door. */
const ask = async (tank: Tank, path: string, init: RequestInit = {}): Promise<Asked> => {
  const { url } = JSON.parse(await readFile(join(tank.dataDir, 'daemon.json'), 'utf8')) as { url: string };
  const headers = { 'content-type': 'application/json', origin: url, ...init.headers };
  const answer = await fetch(url + path, { ...init, headers });
  return { status: answer.status, json: (await answer.json()) as Asked['json'] };
};

describe('two machines of one installation', () => {
  let world: FleetWorld;
  let fleet: Fleet;
  let one: Tank;
  let two: Tank;
  beforeAll(async () => {
    await ensureBuilt();
    world = await makeFleet({ recipients: 100, daemons: 2 });
    [one, two] = world.tanks as [Tank, Tank];
    fleet = new Fleet(world);
    await fleet.startAll();
  }, 180_000);
  afterAll(async () => {
    await fleet.abandon();
    await world.end();
  });

  it('publish the same keys, which the store keeps and neither folder', async () => {
    const keysOf = async (tank: Tank) => (await ask(tank, '/api/v1/auth/jwks.json')).json.keys;
    expect(await keysOf(one)).toEqual(await keysOf(two));
    for (const tank of [one, two])
      await expect(readFile(join(tank.dataDir, 'keys', 'signing.pem'))).rejects.toThrow('ENOENT');
  });

  it('accept the tokens of each other', async () => {
    const made = JSON.parse(await one.command('users', 'init', '--json')) as Record<string, string>;
    const { name, password } = made;
    const signIn = await ask(one, '/api/v1/auth/login', {
      method: 'POST',
      body: JSON.stringify({ name, password }),
    });
    const authorization = `Bearer ${String(signIn.json.accessToken)}`;
    expect((await ask(two, '/api/v1/auth/me', { headers: { authorization } })).status).toBe(200);
  });

  it('read what the other has encrypted: one plans the run, both send it', async () => {
    const run = await settleFleet(world, await startCampaign(world), 120_000);
    expect(run.sent).toBe(100);
  });

  it('have one leader of the ticks', async () => {
    const { rows } = await world.postgres.run('SELECT id, holder FROM lease');
    expect(rows).toHaveLength(1);
  });
});
