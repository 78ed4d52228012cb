import { beforeEach, describe, expect, it } from 'vitest';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';

const FOLDER = { attachments: { folder: '{root}/statement/{yyyyMMdd}', columns: ['ATTACH_FILE'] } };

describe('a run keeps the version with which it started', () => {
  let world: CampaignWorld;
  const mail = (html: string, from = 'bank@example.com') => ({ mail: { from, subject: 'Statement', html } });

  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
    world.bank.customers = customers(60);
  });

  it('although the automation is edited in the middle of it', async () => {
    await world.apply('editor', BANK_SOURCE, statement(mail('<p>first $(NAME)</p>')));
    const id = String((await world.start('operator', 'statement')).json.run);
    world.post.beforeEach = async () => {
      if (world.post.mails.length === 20)
        await world.apply('editor', statement(mail('<p>second $(NAME)</p>', 'other@example.com')));
      return undefined;
    };
    await world.settle();
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: 60, automationVersion: 1 });
    expect(world.post.texts().every((text) => text.includes('first'))).toBe(true);
    expect(new Set(world.post.mails.map(({ from }) => from))).toEqual(new Set(['bank@example.com']));

    world.post.beforeEach = async () => undefined;
    world.post.mails.length = 0;
    const next = String((await world.start('operator', 'statement')).json.run);
    await world.settle();
    expect(await world.run(next)).toMatchObject({ automationVersion: 2, sent: 60 });
    expect(world.post.texts().every((text) => text.includes('second'))).toBe(true);
  });

  it('also for a retry on the next day by another worker, with the files of the business date', async () => {
    world.bank.customers = customers(3).map((one) => ({ ...one, file: `${one.key}.pdf` }));
    for (const { file } of world.bank.customers) {
      world.bank.files.set(`{root}/statement/20260305/${file}`, 'of the fifth');
      world.bank.files.set(`{root}/statement/20260306/${file}`, 'of the sixth');
    }
    await world.apply('editor', BANK_SOURCE, statement(FOLDER));
    await world.setClock('2026-03-05T23:59:30+09:00');
    const id = String((await world.start('operator', 'statement')).json.run);
    world.post.beforeEach = async () => ({ kind: 'temporary', code: '421' });
    await world.settle();
    expect(await world.run(id)).toMatchObject({ businessDate: '2026-03-05', open: 3 });
    world.post.beforeEach = async () => undefined;
    await world.apply('editor', statement({ ...FOLDER, ...mail('<p>later</p>') }));
    await world.setClock('2026-03-06T00:05:00+09:00');
    await world.settle();
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: 3 });
    const contents = world.post.mails.map(({ attachments }) =>
      attachments.map(({ content }) => Buffer.from(content).toString()),
    );
    expect(contents).toEqual([['of the fifth'], ['of the fifth'], ['of the fifth']]);
  });

  it('and plans with the folder of its business date although planning waits until the next day', async () => {
    await world.apply('editor', BANK_SOURCE, statement({ ...FOLDER, schedule: { daily: { at: '23:59' } } }));
    await world.setClock('2026-03-05T23:59:00+09:00');
    world.bank.down = true;
    await world.settle();
    world.bank.down = false;
    world.bank.openedFolders.length = 0;
    await world.setClock('2026-03-06T00:30:00+09:00');
    await world.settle();
    expect(world.bank.openedFolders).toEqual(['{root}/statement/20260305']);
    expect((await world.runs()).map((run) => [run.businessDate, run.state])).toEqual([
      ['2026-03-05', 'finished'],
    ]);
  });
});
