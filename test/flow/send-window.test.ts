import { beforeEach, describe, expect, it } from 'vitest';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';

const WAVE = 4;
const windowed = (more: object = {}) =>
  statement({ schedule: { monthly: { day: 20, at: '09:00' }, window: '08:00-21:00', ...more } });

describe('a send window', () => {
  let world: CampaignWorld;
  const begin = async (document: object, at: string): Promise<string> => {
    await world.apply('editor', BANK_SOURCE, document);
    await world.setClock(at);
    return String((await world.start('operator', 'statement')).json.run);
  };

  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
    world.bank.customers = customers(60);
  });

  it('lets a run be planned before it opens, and mailed from its opening on', async () => {
    const id = await begin(windowed(), '2026-03-05T22:00:00+09:00');
    await world.settle();
    expect(world.post.mails).toEqual([]);
    expect(await world.run(id)).toMatchObject({
      state: 'paused',
      targets: 60,
      open: 60,
      holds: [{ reason: 'send_window', author: 'tank', until: '2026-03-05T23:00:00.000Z' }],
    });
    await world.setClock('2026-03-06T07:59:59+09:00');
    await world.settle();
    expect(world.post.mails).toEqual([]);
    await world.setClock('2026-03-06T08:00:00+09:00');
    await world.settle();
    expect(world.post.mails).toHaveLength(60);
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: 60 });
  });

  it('lets out at its end at most what is marked already, and goes on in the next one by itself', async () => {
    const id = await begin(windowed(), '2026-03-05T20:59:00+09:00');
    let atTheEnd: number | undefined;
    world.post.beforeEach = async () => {
      if (world.post.mails.length < 10 || atTheEnd !== undefined) return undefined;
      atTheEnd = world.post.mails.length;
      await world.setClock('2026-03-05T21:00:00+09:00');
      return undefined;
    };
    await world.settle();
    const before = world.post.mails.length;
    expect(before).toBeLessThanOrEqual((atTheEnd ?? 0) + WAVE);
    expect(await world.run(id)).toMatchObject({ state: 'paused', sent: before, open: 60 - before });
    for (const moment of ['21:00:05', '23:59:59']) {
      await world.setClock(`2026-03-05T${moment}+09:00`);
      await world.settle();
    }
    expect(world.post.mails).toHaveLength(before);
    expect(await world.run(id)).toMatchObject({ holds: [{ until: '2026-03-05T23:00:00.000Z' }] });
    await world.setClock('2026-03-06T08:00:00+09:00');
    await world.settle();
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: 60, failed: 0 });
    expect(new Set(world.post.mails.map(({ to }) => to)).size).toBe(60);
  });

  it('closes by the clock of the database although no scheduler looks', async () => {
    const id = await begin(windowed(), '2026-03-05T20:59:00+09:00');
    await world.tick();
    await world.setClock('2026-03-05T21:00:00+09:00');
    await world.drain();
    await world.drain();
    expect(world.post.mails).toEqual([]);
    expect(await world.run(id)).toMatchObject({ state: 'paused', open: 60 });
  });

  it('is pinned with the version: an edit does not open it', async () => {
    await begin(windowed(), '2026-03-05T22:00:00+09:00');
    await world.settle();
    await world.apply('editor', statement());
    await world.settle();
    expect(world.post.mails).toEqual([]);
  });

  it('cannot be lifted like a hold', async () => {
    const id = await begin(windowed(), '2026-03-05T22:00:00+09:00');
    await world.settle();
    await world.as('operator', 'POST /api/v1/runs/{id}/resume', { id }, {});
    await world.as('operator', 'POST /api/v1/runs/{id}/resume', { id }, { hold: `${id}-window` });
    await world.settle();
    expect(world.post.mails).toEqual([]);
  });

  it('that passes midnight stays open over it', async () => {
    const id = await begin(windowed({ window: '22:00-06:00' }), '2026-03-05T23:59:59+09:00');
    await world.tick();
    await world.setClock('2026-03-06T00:00:10+09:00');
    await world.settle();
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: 60 });
  });
});
