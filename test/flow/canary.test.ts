import { beforeEach, describe, expect, it } from 'vitest';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';

const withCanary = (first: number, more: object = {}) =>
  statement({ canary: { first, wait: '10m' }, ...more });

describe('a canary', () => {
  let world: CampaignWorld;
  const at = async (clock: string) => {
    await world.setClock(`2026-03-05T${clock}+09:00`);
    await world.settle();
  };
  const begin = async (first: number): Promise<string> => {
    await world.apply('editor', BANK_SOURCE, withCanary(first));
    const id = String((await world.start('operator', 'statement')).json.run);
    await world.settle();
    return id;
  };
  const event = (attemptId: string) =>
    world.database.run(
      `INSERT INTO delivery_event (id, type, source, message_id, attempt_id, send_id, occurred_at, received_at, body) VALUES (?, 'Delivery', 'ses', 'm', ?, ?, 0, 0, X'00')`,
      [`e-${attemptId}`, attemptId, attemptId.replace(/-\d+$/, '')],
    );

  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
    world.bank.customers = customers(130);
  });

  it.each([1, 30, 45, 50, 77])(
    'of %i sends exactly so many first, and the rest after the wait',
    async (first) => {
      const id = await begin(first);
      expect(world.post.mails).toHaveLength(first);
      expect(await world.run(id)).toMatchObject({
        state: 'paused',
        canary: 'watched',
        holds: [{ reason: 'canary', author: 'tank', until: '2026-03-05T03:10:00.000Z' }],
      });
      await at('12:09:59');
      expect(world.post.mails).toHaveLength(first);
      await at('12:10:00');
      expect(await world.run(id)).toMatchObject({ state: 'finished', sent: 130 });
      expect(new Set(world.post.mails.map(({ to }) => to)).size).toBe(130);
    },
  );

  it('larger than the run lets the run end without a wait', async () => {
    expect(await world.run(await begin(500))).toMatchObject({ state: 'finished', sent: 130 });
  });

  it('is tried to its last retry before the wait begins', async () => {
    let failed = false;
    world.post.beforeEach = async () => {
      if (failed) return undefined;
      failed = true;
      return { kind: 'temporary', code: '421' };
    };
    const id = await begin(10);
    expect(await world.run(id)).toMatchObject({ canary: 'trying', sent: 9, open: 121 });
    await at('12:01:01');
    expect(await world.run(id)).toMatchObject({ canary: 'watched', sent: 10 });
    await at('12:10:30');
    expect(world.post.mails).toHaveLength(10);
    await at('12:11:05');
    expect(world.post.mails).toHaveLength(130);
  });

  it('whose mails all failed asks for a person', async () => {
    world.post.beforeEach = async () => ({ kind: 'rejected', fault: 'content', code: '554' });
    const id = await begin(10);
    await at('12:10:01');
    expect(await world.run(id)).toMatchObject({ state: 'paused', holds: [{ reason: 'canary_unproven' }] });
    expect(await world.run(id)).toMatchObject({ failed: 10, open: 120 });
  });

  it('of a transport with events waits for an event, and asks for a person when none came', async () => {
    world.setting.evidence = 'events';
    const id = await begin(10);
    await at('12:10:01');
    const held = (await world.run(id)) as { holds: { id: string; reason: string; until?: string }[] };
    expect(held.holds).toMatchObject([{ reason: 'canary_unproven' }]);
    expect(held.holds[0]?.until).toBeUndefined();
    expect(world.post.mails).toHaveLength(10);
    await world.as('operator', 'POST /api/v1/runs/{id}/resume', { id }, { hold: held.holds[0]?.id });
    await world.settle();
    expect(world.post.mails).toHaveLength(130);
  });

  it('of a transport with events goes on when an event of its own mails has come', async () => {
    world.setting.evidence = 'events';
    const id = await begin(10);
    await event('somebody-else-1');
    await event(world.post.mails[3]?.attemptId ?? '');
    await at('12:10:01');
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: 130 });
  });

  it('stays behind the pause rule: its hold outlasts the wait', async () => {
    const id = await begin(10);
    const ledger = await world.ports.ledger();
    await ledger.hold({ id: 'rule', scope: 'run', scopeId: id, reason: 'bounce_rate', author: 'tank' });
    await at('12:30:00');
    expect(world.post.mails).toHaveLength(10);
    await ledger.liftHold('rule', 'os:operator');
    await at('12:30:05');
    expect(world.post.mails).toHaveLength(130);
  });

  it('goes on at once when a person lifts its hold', async () => {
    const id = await begin(10);
    const [hold] = (await world.run(id)).holds as { id: string }[];
    await world.as('operator', 'POST /api/v1/runs/{id}/resume', { id }, { hold: hold?.id });
    await world.settle();
    expect(world.post.mails).toHaveLength(130);
  });

  it('keeps its size when planning was interrupted', async () => {
    await world.apply('editor', BANK_SOURCE, withCanary(60));
    const id = String((await world.start('operator', 'statement')).json.run);
    const ledger = await world.ports.ledger();
    const append = ledger.appendPlan;
    let chunks = 0;
    ledger.appendPlan = async (chunk) => {
      chunks += 1;
      if (chunks === 2) throw new Error('power failure');
      return append(chunk);
    };
    await world.settle();
    ledger.appendPlan = append;
    await at('12:05:00');
    await at('12:05:05');
    expect(world.post.mails).toHaveLength(60);
    await at('12:15:10');
    expect(await world.run(id)).toMatchObject({ state: 'finished', sent: 130, targets: 130 });
  });

  it.each([
    ['canary', withCanary(10)],
    ['inDoubt', statement({ inDoubt: 'resend' })],
  ])(
    'and everything else that needs proof is refused where the transport has none: %s',
    async (field, document) => {
      world.setting.evidence = 'none';
      const refused = await world.apply('editor', BANK_SOURCE, document);
      expect(refused.status).toBe(400);
      expect(refused.json.errors).toMatchObject([{ field: `statement.${field}` }]);
      world.setting.evidence = 'events';
      expect((await world.apply('editor', BANK_SOURCE, document)).status).toBe(200);
    },
  );
});
