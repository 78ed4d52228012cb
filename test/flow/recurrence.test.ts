import { beforeEach, describe, expect, it } from 'vitest';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';

const DAY_MS = 86_400_000;

describe('recurrence', () => {
  let world: CampaignWorld;
  const save = (recurrence: string) =>
    world.apply('editor', BANK_SOURCE, {
      ...statement(),
      recipients: { ...(statement().recipients as object), recurrence },
    });
  const sendAll = async (): Promise<Record<string, unknown>> => {
    const id = String((await world.start('operator', 'statement')).json.run);
    await world.settle();
    return world.run(id);
  };
  /** What the retention of delivery logs does after its days. */
  const forgetLogs = async () => {
    for (const table of ['email_send_log', 'send_batch', 'run'])
      await world.database.run(`DELETE FROM ${table}`);
  };

  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
    world.bank.customers = customers(5);
  });

  it('new: mails nobody again on day 31, although the log of the first run is gone', async () => {
    await save('new');
    expect(await sendAll()).toMatchObject({ sent: 5 });
    await forgetLogs();
    world.bank.customers = customers(6);
    await world.setClock(world.now() + 31 * DAY_MS);
    expect(await sendAll()).toMatchObject({ state: 'finished', targets: 6, sent: 1, skipped: 5 });
    const [run] = await world.runs();
    const skipped = (await world.sends(run?.id ?? '')).filter(({ state }) => state === 'skipped');
    expect(new Set(skipped.map(({ fault }) => fault?.code))).toEqual(new Set(['recently_sent']));
  });

  it('new: whoever was not sent to is still new', async () => {
    await save('new');
    world.post.beforeEach = async ({ to }) =>
      to.startsWith('customer2@') ? { kind: 'rejected', fault: 'content', code: '554' } : undefined;
    expect(await sendAll()).toMatchObject({ sent: 4, failed: 1 });
    await forgetLogs();
    world.post.beforeEach = async () => undefined;
    expect(await sendAll()).toMatchObject({ sent: 1, skipped: 4 });
  });

  it.each([
    [-1, 0],
    [0, 5],
    [1, 5],
  ])('once-per-30d: %i ms after 30 days it mails %i', async (offset, sent) => {
    await save('once-per-30d');
    const first = world.now();
    await sendAll();
    await forgetLogs();
    await world.setClock(first + 30 * DAY_MS + offset);
    expect(await sendAll()).toMatchObject({ sent, skipped: 5 - sent });
  });

  it('once-per-30d counts from the latest mail', async () => {
    await save('once-per-30d');
    const first = world.now();
    await sendAll();
    await world.setClock(first + 31 * DAY_MS);
    expect(await sendAll()).toMatchObject({ sent: 5 });
    await world.setClock(first + 60 * DAY_MS);
    expect(await sendAll()).toMatchObject({ sent: 0, skipped: 5 });
    await world.setClock(first + 61 * DAY_MS);
    expect(await sendAll()).toMatchObject({ sent: 5 });
  });

  it('all: mails everybody in every run', async () => {
    await save('all');
    expect(await sendAll()).toMatchObject({ sent: 5 });
    expect(await sendAll()).toMatchObject({ sent: 5 });
  });

  it('remembers by keyed hash only', async () => {
    await save('new');
    await sendAll();
    const remembered = JSON.stringify(await world.database.all('SELECT * FROM sent_memory'));
    expect(remembered).not.toMatch(/0000000001|customer1|example\.com/);
  });
});
