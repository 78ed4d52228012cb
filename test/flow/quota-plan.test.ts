import { expect, it } from 'vitest';
import { quotaOf } from '../../shared/domain/quota.ts';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { openCampaignWorld, UNLIMITED } from '../fixtures/campaign-world.ts';

const PER_DAY = 20;

const planned = async (recipients: number) => {
  const world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
  world.setting.pace = { ...UNLIMITED, outlook: async () => ({ rate: 10, quota: quotaOf(PER_DAY, 0) }) };
  world.bank.customers = customers(recipients);
  await world.apply('editor', BANK_SOURCE, statement());
  const id = String((await world.start('operator', 'statement')).json.run);
  await world.settle();
  const said = world.lines.filter(({ event }) => event === 'run larger than the quota');
  return { world, id, said, run: await world.run(id) };
};

it('a run that fits into the quota goes out, and nothing is said', async () => {
  const { run, said } = await planned(19);
  expect(run).toMatchObject({ state: 'finished', sent: 19 });
  expect(said).toEqual([]);
});

it('a run that is larger than the quota is split over days, and that is said once', async () => {
  const { run, said } = await planned(40);
  expect(run).toMatchObject({ targets: 40, holds: [] });
  expect(said).toMatchObject([{ level: 'warn', fields: { days: 3, quotaLeft: 19 } }]);
});

it('a run of more than a week sends nothing before a person has said that it may', async () => {
  const { world, id, run, said } = await planned(150);
  expect(run).toMatchObject({ state: 'paused', sent: 0, holds: [{ reason: 'quota_too_small' }] });
  expect(said).toMatchObject([{ fields: { days: 8 } }]);
  expect(world.post.mails).toHaveLength(0);
  const [hold] = run.holds as readonly { readonly id: string }[];
  await world.as('operator', 'POST /api/v1/runs/{id}/resume', { id }, { hold: hold?.id });
  await world.settle();
  expect(await world.run(id)).toMatchObject({ state: 'finished', sent: 150, holds: [] });
});
