import { beforeEach, describe, expect, it } from 'vitest';
import type { ShownRun } from '../../local/cli/shown-run.ts';
import { exitCodeOf, reasonsOf } from '../../local/cli/watch-run.ts';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';

const APPROVE = 'POST /api/v1/runs/{id}/approve';
const REJECT = 'POST /api/v1/runs/{id}/reject';

describe('four eyes', () => {
  let world: CampaignWorld;
  const planned = async (above: number, starter = 'starter'): Promise<string> => {
    await world.apply('editor', BANK_SOURCE, statement({ approval: { above } }));
    const id = String((await world.start(starter, 'statement')).json.run);
    await world.settle();
    return id;
  };

  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
    world.bank.customers = customers(12);
  });

  it('are not asked for up to the set size', async () => {
    expect(await world.run(await planned(12))).toMatchObject({ state: 'finished', sent: 12 });
  });

  it('are asked for above it, when the plan is known and before the first mail', async () => {
    const id = await planned(11);
    expect(await world.run(id)).toMatchObject({
      state: 'awaiting_approval',
      targets: 12,
      open: 12,
      approval: { plan: 'v1-12-12', mails: 12 },
    });
    expect(world.post.mails).toEqual([]);
    const approved = await world.as('second', APPROVE, { id }, { plan: 'v1-12-12' });
    expect([approved.status, approved.json.state]).toEqual([200, 'sending']);
    await world.settle();
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: 12 });
    const [kept] = await world.database.all('SELECT * FROM approval');
    expect(kept).toMatchObject({ run_id: id, decision: 'approved', decided_by: 'os:second', mails: 12 });
  });

  it.each(['starter', 'editor'])('are not those of the %s', async (person) => {
    const id = await planned(5);
    const refused = await world.as(person, APPROVE, { id }, {});
    expect([refused.status, refused.json.code]).toEqual([403, 'approval_by_another']);
    await world.settle();
    expect(world.post.mails).toEqual([]);
  });

  it('are not those of whoever edited the pinned version, even when somebody edits after that', async () => {
    const id = await planned(5);
    await world.apply('third', statement({ approval: { above: 5 }, inDoubt: 'hold', organisation: 'other' }));
    expect((await world.as('editor', APPROVE, { id }, {})).status).toBe(403);
    expect((await world.as('third', APPROVE, { id }, {})).status).toBe(200);
  });

  it('are asked for a run that the schedule has started', async () => {
    await world.apply(
      'editor',
      BANK_SOURCE,
      statement({ approval: { above: 1 }, schedule: { daily: { at: '12:05' } } }),
    );
    await world.setClock('2026-03-05T12:05:00+09:00');
    await world.settle();
    const [run] = await world.runs();
    expect(run?.state).toBe('awaiting_approval');
    expect((await world.as('editor', APPROVE, { id: run?.id ?? '' }, {})).status).toBe(403);
    expect((await world.as('second', APPROVE, { id: run?.id ?? '' }, {})).status).toBe(200);
  });

  it('see what they approve: another plan is refused, and so is a second decision', async () => {
    const id = await planned(5);
    const other = await world.as('second', APPROVE, { id }, { plan: 'v1-12-11' });
    expect([other.status, other.json.code]).toEqual([409, 'plan_changed']);
    await world.database.run(`UPDATE email_send_log SET state = 'skipped' WHERE id = ?`, [`${id}-00000003`]);
    expect((await world.as('second', APPROVE, { id }, { plan: 'v1-12-12' })).json.code).toBe('plan_changed');
    expect((await world.as('second', APPROVE, { id }, { plan: 'v1-12-11' })).status).toBe(200);
    expect((await world.as('third', APPROVE, { id }, {})).json.code).toBe('illegal_move');
    expect((await world.as('third', REJECT, { id }, { reason: 'late' })).json.code).toBe('illegal_move');
  });

  it('let one of two simultaneous decisions count', async () => {
    const id = await planned(5);
    const answers = await Promise.all([
      world.as('second', APPROVE, { id }, {}),
      world.as('third', REJECT, { id }, { reason: 'wrong month' }),
      world.as('fourth', APPROVE, { id }, {}),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await world.database.all('SELECT run_id FROM approval')).toHaveLength(1);
  });

  it('may say no, with a reason, and then nothing leaves and the next run may start', async () => {
    const id = await planned(5);
    expect((await world.as('second', REJECT, { id }, {})).status).toBe(400);
    const rejected = await world.as('second', REJECT, { id }, { reason: 'wrong month' });
    expect(rejected.json).toMatchObject({
      state: 'cancelled',
      cancelled: 12,
      error: { code: 'approval_rejected' },
    });
    await world.settle();
    expect(world.post.mails).toEqual([]);
    expect((await world.start('starter', 'statement')).status).toBe(202);
  });

  it('are what tank run --wait ends for, with exit code 3 and the reason', async () => {
    const shown = (await world.run(await planned(5))) as unknown as ShownRun;
    expect(exitCodeOf(shown)).toBe(3);
    expect(reasonsOf(shown).join()).toMatch(
      /12 mails wait for the approval of a second person.*tank approve/,
    );
  });

  it('still come first when the run is also held', async () => {
    const id = await planned(5);
    await world.as('operator', 'POST /api/v1/runs/{id}/pause', { id }, { reason: 'lunch' });
    await world.as('second', APPROVE, { id }, {});
    await world.settle();
    expect(world.post.mails).toEqual([]);
    await world.as('operator', 'POST /api/v1/runs/{id}/resume', { id }, {});
    await world.settle();
    expect(world.post.mails).toHaveLength(12);
  });
});
