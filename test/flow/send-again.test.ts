import { beforeEach, describe, expect, it } from 'vitest';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';

const AGAIN = 'POST /api/v1/sends/{id}/again';
const DAY_MS = 86_400_000;

describe('one mail of a finished run, sent again', () => {
  let world: CampaignWorld;
  let run: string;
  const document = (more: object = {}) =>
    statement({ attachments: { folder: '{root}/{yyyyMMdd}', columns: ['ATTACH_FILE'] }, ...more });
  const again = (send: string, key?: string, reason = 'the customer asked for it') =>
    world.as('clerk', AGAIN, { id: send }, { reason }, key ? { 'idempotency-key': key } : {});
  const sendOf = async (number: number) => (await world.sends(run))[number - 1]?.id ?? '';
  const sendAll = async () => {
    const id = String((await world.start('operator', 'statement')).json.run);
    await world.settle();
    return id;
  };

  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
    world.bank.customers = customers(5).map((one) => ({ ...one, file: `${one.key}.pdf` }));
    for (const { file } of world.bank.customers) world.bank.files.set(`{root}/20260305/${file}`, 'march');
    await world.apply('editor', BANK_SOURCE, document());
    run = await sendAll();
    expect(await world.run(run)).toMatchObject({ state: 'finished', sent: 5 });
    world.post.mails.length = 0;
  });

  it('goes to that customer alone, with the version of then, and leaves the totals of the run alone', async () => {
    const before = await world.run(run);
    await world.apply('editor', document({ mail: { ...(document().mail as object), html: '<p>other</p>' } }));
    await world.setClock(world.now() + 3 * DAY_MS);
    const answer = await again(await sendOf(2));
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({
      automationVersion: 1,
      businessDate: '2026-03-05',
      targets: 1,
      startedBy: 'os:clerk',
      again: { send: await sendOf(2), reason: 'the customer asked for it' },
    });
    await world.settle();
    expect(world.post.mails.map(({ to }) => to)).toEqual(['customer2@example.com']);
    expect(world.post.texts()[0]).toContain('Dear Customer 2');
    expect(await world.run(String(answer.json.run))).toMatchObject({
      state: 'finished',
      targets: 1,
      sent: 1,
    });
    expect(await world.run(run)).toEqual(before);
  });

  it('carries the mapping data of now and the file of the business date as it is now', async () => {
    await world.setClock(world.now() + 3 * DAY_MS);
    world.bank.customers = world.bank.customers.map((one) => ({ ...one, name: 'Renamed' }));
    world.bank.files.set('{root}/20260305/0000000003.pdf', 'march, put right');
    world.bank.files.set('{root}/20260308/0000000003.pdf', 'of another day');
    await again(await sendOf(3));
    await world.settle();
    expect(world.post.texts()[0]).toContain('Dear Renamed');
    expect(Buffer.from(world.post.mails[0]?.attachments[0]?.content ?? []).toString()).toBe(
      'march, put right',
    );
  });

  it('is refused while its file is at fault', async () => {
    world.bank.files.delete('{root}/20260305/0000000003.pdf');
    const refused = await again(await sendOf(3));
    expect([refused.status, refused.json.code]).toEqual([422, 'attachment_not_found']);
    expect(await world.runs()).toHaveLength(1);
  });

  it('goes out once for one Idempotency-Key, and one at a time without', async () => {
    const [first, second] = [await sendOf(1), await sendOf(2)];
    const answers = await Promise.all([again(first, 'k'), again(first, 'k'), again(first, 'k')]);
    expect(new Set(answers.map(({ json }) => json.run)).size).toBe(1);
    expect((await again(first)).json.code).toBe('run_already_live');
    expect((await again(second, 'k')).json.code).toBe('idempotency_conflict');
    await world.settle();
    expect((await again(first, 'k')).json.state).toBe('finished');
    await world.settle();
    expect(world.post.mails).toHaveLength(1);
    await again(first);
    await world.settle();
    expect(world.post.mails).toHaveLength(2);
  });

  it('wants a reason, and keeps it out of the log', async () => {
    expect((await again(await sendOf(1), undefined, ' ')).status).toBe(400);
    const { json } = await again(await sendOf(1), undefined, 'Mrs Kim called');
    const line = world.lines.find(({ event }) => event === 'sent again');
    expect(line?.fields).toEqual({ runId: json.run, send: await sendOf(1), by: 'os:clerk' });
    expect(JSON.stringify(world.lines)).not.toContain('Kim');
    const [kept] = await world.database.all('SELECT again_reason, started_by FROM run WHERE id = ?', [
      String(json.run),
    ]);
    expect(kept).toEqual({ again_reason: 'Mrs Kim called', started_by: 'os:clerk' });
  });

  it('stands beside a live run of the automation, and before it', async () => {
    world.bank.customers = customers(200).map((one) => ({ ...one, file: '' }));
    await world.start('operator', 'statement');
    await world.drain();
    await world.start('operator', 'statement');
    const answer = await again(await sendOf(4));
    expect(answer.status).toBe(202);
    await world.settle();
    expect(await world.run(String(answer.json.run))).toMatchObject({ state: 'finished', sent: 1 });
  });

  it('is not sent while the automation is held, nor to an address that is suppressed by now', async () => {
    const [automation] = await (await world.ports.automations()).list();
    const ledger = await world.ports.ledger();
    const scopeId = automation?.id ?? '';
    await ledger.hold({ id: 'h', scope: 'automation', scopeId, reason: 'pause', author: 'os:x' });
    await again(await sendOf(1));
    await world.settle();
    expect(world.post.mails).toEqual([]);
    await ledger.liftHold('h', 'os:x');
    await world.settle();
    expect(world.post.mails).toHaveLength(1);

    const stored = await ledger.send(await sendOf(2));
    const entry = { scope: '*', reason: 'complaint', origin: 'test', masked: '-', createdAt: 0 } as const;
    await (await world.ports.suppressions()).add([{ ...entry, addressHash: stored?.addressHash ?? '' }]);
    const refused = await again(await sendOf(2));
    expect([refused.status, refused.json.code]).toEqual([422, 'recipient_suppressed']);
  });

  it.each(['in_doubt', 'held', 'cancelled', 'suppressed', 'pending'])(
    'is refused for a send that is %s',
    async (state) => {
      await world.database.run('UPDATE email_send_log SET state = ? WHERE id = ?', [state, await sendOf(1)]);
      const refused = await again(await sendOf(1));
      expect([refused.status, refused.json.code]).toEqual([409, 'send_not_repeatable']);
    },
  );

  it('is refused while its run is live, and for a send that is not there', async () => {
    await world.database.run(`UPDATE run SET finished_at = NULL, state = 'sending' WHERE id = ?`, [run]);
    expect((await again(await sendOf(1))).json.code).toBe('send_not_repeatable');
    expect((await again('nothing-00000001')).status).toBe(404);
  });

  it('can bring what was skipped for its attachment, once the file is there', async () => {
    world.bank.files.delete('{root}/20260305/0000000005.pdf');
    await world.apply('editor', document({ organisation: 'retail' }));
    run = await sendAll();
    expect(await world.run(run)).toMatchObject({ sent: 4, skipped: 1 });
    world.post.mails.length = 0;
    world.bank.files.set('{root}/20260305/0000000005.pdf', 'late');
    await again(await sendOf(5));
    await world.settle();
    expect(world.post.mails.map(({ to }) => to)).toEqual(['customer5@example.com']);
  });

  it('does not put off the next statement of a customer, and makes nobody new again', async () => {
    const monthly = (recurrence: string) =>
      document({ recipients: { ...(document().recipients as object), recurrence } });
    await world.apply('editor', monthly('once-per-30d'));
    const first = world.now();
    await world.setClock(first + 20 * DAY_MS);
    await again(await sendOf(1));
    await world.settle();
    await world.setClock(first + 30 * DAY_MS);
    for (const { file } of world.bank.customers) world.bank.files.set(`{root}/20260404/${file}`, 'april');
    expect(await world.run(await sendAll())).toMatchObject({ sent: 5, skipped: 0 });
    await world.setClock(first + 40 * DAY_MS);
    await again(await sendOf(1));
    await world.settle();
    await world.setClock(first + 45 * DAY_MS);
    for (const { file } of world.bank.customers) world.bank.files.set(`{root}/20260419/${file}`, 'april');
    expect(await world.run(await sendAll())).toMatchObject({ sent: 0, skipped: 5 });
  });
});
