import { beforeEach, describe, expect, it } from 'vitest';
import type { Evidence } from '../../shared/ports/transport.ts';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';

const MAILS = 5;
const HOUR_MS = 3_600_000;

describe('a doubtful mail of a transport that can be asked', () => {
  let world: CampaignWorld;
  /** Attempts that the transport has taken, whatever it answered. */
  let taken: Set<string>;
  let says: (attempt: string) => Evidence;

  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
    world.bank.customers = customers(MAILS);
    taken = new Set();
    says = (attempt) =>
      taken.has(attempt) ? { kind: 'accepted', messageId: `m-${attempt}` } : { kind: 'absent' };
    const { post } = world;
    post.transport = {
      ...post.transport,
      lookup: async (attempts) => new Map(attempts.map((attempt) => [attempt, says(attempt)])),
    };
  });

  const start = async (): Promise<string> => {
    await world.apply('editor', BANK_SOURCE, statement());
    return String((await world.start('operator', 'statement')).json.run);
  };
  /** The first call of each mail ends without a clear answer. */
  const loseFirstAnswers = (isTaken: boolean) => {
    world.post.beforeEach = async ({ attemptId }) => {
      if (!attemptId.endsWith('-1')) return undefined;
      if (isTaken) taken.add(attemptId);
      return { kind: 'doubtful', code: 'ETIMEDOUT' };
    };
  };
  const laterBy = (ms: number) => world.setClock(world.now() + ms);

  it('counts as sent at once when the transport has it, and is not sent again', async () => {
    const id = await start();
    loseFirstAnswers(true);
    await world.settle();
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: MAILS, held: 0 });
    expect(world.post.mails).toEqual([]);
  });

  it('is sent again at once when the transport has no trace of it', async () => {
    const id = await start();
    loseFirstAnswers(false);
    await world.settle();
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: MAILS, held: 0 });
    expect(new Set(world.post.mails.map(({ to }) => to)).size).toBe(MAILS);
    expect(world.post.mails).toHaveLength(MAILS);
  });

  it('is neither sent nor given up while the transport does not say', async () => {
    const id = await start();
    loseFirstAnswers(true);
    says = () => ({ kind: 'unknown' });
    await world.settle();
    expect(await world.run(id)).toMatchObject({
      state: 'paused',
      holds: [{ reason: 'transport_unreached' }],
    });
    await laterBy(2 * HOUR_MS);
    await world.settle();
    expect(await world.run(id)).toMatchObject({ state: 'paused', held: 0, sent: 0 });
    expect(world.post.mails).toEqual([]);
    says = (attempt) => ({ kind: 'accepted', messageId: attempt });
    await laterBy(61_000);
    await world.settle();
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: MAILS });
  });
});
