import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../shared/domain/outcome.ts';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';

const REJECTED: Outcome = { kind: 'rejected', fault: 'content', code: 'MessageRejected' };
const DOUBTFUL: Outcome = { kind: 'doubtful', code: 'http_503' };
const REASON = { reason: 'the template was mended' };

describe('what persons decide', () => {
  let world: CampaignWorld;
  let run: string;
  /** What becomes of the first call for each of these customers; all others are taken. */
  const begin = async (fates: Readonly<Record<number, Outcome>>) => {
    const pending = new Map(Object.entries(fates).map(([n, fate]) => [`customer${n}@example.com`, fate]));
    world.post.beforeEach = async ({ to }) => {
      const fate = pending.get(to);
      pending.delete(to);
      return fate;
    };
    world.setting.evidence = 'none';
    Object.assign(world.post.transport, { evidence: 'none' });
    await world.apply('editor', BANK_SOURCE, statement());
    run = String((await world.start('operator', 'statement')).json.run);
    await world.settle();
    await world.settle();
  };
  const post = (path: string, id: string, body: unknown, person = 'operator') =>
    world.as(person, `POST /api/v1/${path}`, { id }, body);
  const states = async () => (await world.sends(run)).map(({ state }) => state);

  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
    world.bank.customers = customers(5);
  });

  it('tries failed sends again by class, and the totals add up at both ends', async () => {
    await begin({ 1: REJECTED, 2: REJECTED, 3: { kind: 'rejected', fault: 'recipient', code: '550' } });
    expect(await world.run(run)).toMatchObject({ state: 'finished', targets: 5, sent: 2, failed: 3 });
    const retried = await post('runs/{id}/retry', run, { ...REASON, classes: ['content'] });
    expect(retried.json).toMatchObject({ retried: 2, run: { state: 'sending', failed: 1, open: 2 } });
    await world.settle();
    expect(await world.run(run)).toMatchObject({ state: 'finished', targets: 5, sent: 4, failed: 1 });
    expect(world.post.mails).toHaveLength(4);
  });

  it('refuses to try again while another run of the automation is live, or when the run was cancelled', async () => {
    await begin({ 1: REJECTED });
    const second = await world.start('operator', 'statement', 'second');
    expect((await post('runs/{id}/retry', run, REASON)).json).toMatchObject({ code: 'run_already_live' });
    await post('runs/{id}/cancel', String(second.json.run), undefined);
    expect((await post('runs/{id}/retry', run, REASON)).json).toMatchObject({ retried: 1 });
    await post('runs/{id}/cancel', run, undefined);
    await world.database.run(`UPDATE email_send_log SET state = 'failed' WHERE run_id = ?`, [run]);
    expect((await post('runs/{id}/retry', run, REASON)).json).toMatchObject({ code: 'run_closed' });
  });

  it('does not mail again whom a later run has mailed, where the automation mails only new ones', async () => {
    await begin({ 1: REJECTED, 2: REJECTED });
    const { recipients } = statement();
    const onlyNew = statement({ recipients: { ...(recipients as object), recurrence: 'new' } });
    await world.apply('editor', onlyNew);
    run = String((await world.start('operator', 'statement')).json.run);
    world.post.beforeEach = async ({ to }) => (to === 'customer1@example.com' ? REJECTED : undefined);
    await world.settle();
    expect(await world.run(run)).toMatchObject({ sent: 1, failed: 1, skipped: 3 });
    world.post.beforeEach = async () => undefined;
    const third = String((await world.start('operator', 'statement')).json.run);
    await world.settle();
    expect(await world.run(third)).toMatchObject({ sent: 1 });
    expect((await post('runs/{id}/retry', run, REASON)).json).toMatchObject({ retried: 0 });
  });

  it('settles held sends one by one, all of a kind, and by a CSV file', async () => {
    await begin({ 1: DOUBTFUL, 2: DOUBTFUL, 3: DOUBTFUL, 4: DOUBTFUL });
    expect(await world.run(run)).toMatchObject({ state: 'finished', sent: 1, held: 4 });
    const [a, b, c, d] = (await world.sends(run)).filter(({ state }) => state === 'held').map(({ id }) => id);
    const one = await post('sends/{id}/settle', a ?? '', { to: 'sent', reason: 'in the log of the relay' });
    expect(one.json).toMatchObject({ state: 'sent', fault: { code: 'settled_by_person' } });
    expect((await post('sends/{id}/settle', a ?? '', { to: 'failed', reason: 'no' })).json).toMatchObject({
      code: 'illegal_move',
    });

    const wrong = `send,to\n${b},sent\n${c},gone\n`;
    expect((await post('runs/{id}/settle', run, { csv: wrong, reason: 'list' })).json).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'csv.2' }],
    });
    expect((await world.run(run)).held).toBe(3);

    const csv = `send,to,reason\r\n${b},failed,"moved, no address"\r\n${c},pending\r\n${a},sent\r\n`;
    const settled = await post('runs/{id}/settle', run, { csv, reason: 'list' });
    expect(settled.json).toMatchObject({ settled: 2, unchanged: [a], run: { state: 'sending' } });
    await world.settle();
    expect(await world.run(run)).toMatchObject({ state: 'finished', sent: 3, failed: 1, held: 1 });

    const rest = await post('runs/{id}/settle', run, {
      to: 'failed',
      reason: 'too late',
      codes: ['transport_doubtful'],
    });
    expect(rest.json).toMatchObject({ settled: 1, run: { state: 'finished', sent: 3, failed: 2, held: 0 } });
    expect((await world.sends(run)).find(({ id }) => id === d)?.fault?.facts).toEqual({
      by: 'os:operator',
      reason: 'too late',
    });
    const kept = await world.database.all('SELECT send_id, to_state, ruled_by, reason FROM send_ruling');
    expect(kept).toHaveLength(4);
    expect(kept).toContainEqual({
      send_id: b,
      to_state: 'failed',
      ruled_by: 'os:operator',
      reason: 'moved, no address',
    });
  });

  it('never lets both addresses of one recipient out, whatever is settled or retried', async () => {
    const [first] = customers(1);
    if (!first) throw new Error('there is no customer');
    world.bank.customers = [...customers(3), { ...first, email: 'someone.else@example.com' }];
    await begin({});
    const held = (await world.sends(run)).filter(({ state }) => state === 'held').map(({ id }) => id);
    expect(held).toHaveLength(2);
    const [wrong = '', right = ''] = held;

    const all = { to: 'pending', reason: 'all of them' };
    for (const choice of [{}, { codes: ['conflicting_addresses'] }, { sends: held }])
      expect((await post('runs/{id}/settle', run, { ...all, ...choice })).json).toMatchObject({ settled: 0 });
    const csv = held.map((id) => `${id},pending`).join('\n');
    const listed = await post('runs/{id}/settle', run, { csv, reason: 'list' });
    expect(listed.json).toMatchObject({ settled: 0, unchanged: held });
    expect((await post('sends/{id}/settle', right, all)).json).toMatchObject({ code: 'other_address_open' });

    await post('sends/{id}/settle', wrong, { to: 'failed', reason: 'moved' });
    expect((await post('sends/{id}/settle', right, all)).json).toMatchObject({ state: 'pending' });
    await world.settle();
    expect(await world.run(run)).toMatchObject({ state: 'finished', sent: 3, failed: 1, held: 0 });
    for (const classes of [undefined, ['request']])
      expect((await post('runs/{id}/retry', run, { ...REASON, classes })).json).toMatchObject({ retried: 0 });
    expect(world.post.mails).toHaveLength(3);
  });

  it('lets a recipient out whom the planner has held only with the checked file, and leaves out the next run', async () => {
    const at = (email: string) => ({
      ...customers(1)[0],
      key: '0000000001',
      name: 'One',
      email,
      file: 'one.pdf',
    });
    world.bank.customers = [at('one@example.com'), at('another@example.com')];
    world.bank.files.set('/statement/one.pdf', 'the statement of one');
    const attachments = { folder: '/statement', columns: ['ATTACH_FILE'] };
    await world.apply('editor', BANK_SOURCE, statement({ attachments }));
    const start = async (key: string) => {
      const started = String((await world.start('operator', 'statement', key)).json.run);
      await world.settle();
      return started;
    };
    run = await start('first');
    expect(await world.run(run)).toMatchObject({ state: 'finished', held: 2 });
    expect(await world.run(await start('second'))).toMatchObject({ held: 0, skipped: 2 });

    const [right = '', wrong = ''] = (await world.sends(run)).map(({ id }) => id);
    await post('sends/{id}/settle', wrong, { to: 'failed', reason: 'moved' });
    await post('sends/{id}/settle', right, { to: 'pending', reason: 'it is the newer one' });
    await world.settle();
    expect(await world.run(run)).toMatchObject({ state: 'finished', sent: 1, failed: 1 });
    const [mail] = world.post.mails;
    expect(mail?.attachments.map(({ content }) => Buffer.from(content).toString())).toEqual([
      'the statement of one',
    ]);
  });

  it('does not try again what a person has settled as failed', async () => {
    await begin({ 1: DOUBTFUL, 2: REJECTED });
    await post('runs/{id}/settle', run, { to: 'failed', reason: 'it was delivered by hand' });
    expect((await post('runs/{id}/retry', run, REASON)).json).toMatchObject({ retried: 1 });
  });

  it('wants a reason, and leaves what is unknown alone', async () => {
    await begin({ 1: DOUBTFUL });
    for (const body of [{}, { reason: '' }, { reason: ' \n ' }])
      expect((await post('runs/{id}/retry', run, body)).status).toBe(400);
    expect((await post('runs/{id}/settle', run, { to: 'sending', reason: 'x' })).status).toBe(400);
    expect((await post('runs/{id}/settle', 'nothing', { to: 'sent', reason: 'x' })).status).toBe(404);
    expect((await post('sends/{id}/settle', 'r-00000000', { to: 'sent', reason: 'x' })).status).toBe(404);
    expect(await states()).toContain('held');
  });

  it('can look for runs that do not add up', async () => {
    await begin({});
    const look = () => world.as('operator', 'GET /api/v1/system/totals');
    expect((await look()).json).toEqual({ items: [] });
    await world.database.run('UPDATE run SET targets = 6');
    expect((await look()).json).toMatchObject({ items: [{ run, targets: 6, sends: 5, open: 0 }] });
  });
});
