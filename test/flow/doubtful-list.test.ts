import { beforeEach, describe, expect, it } from 'vitest';
import { createBounceHandler } from '../../functions/bounce-handler/handler.ts';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';
import { lambdaContext } from '../fixtures/identity.ts';
import { failedIds, sqsEvent } from '../fixtures/sqs-event.ts';

describe('the list of doubtful sends', () => {
  let world: CampaignWorld;
  let run: string;
  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
    world.bank.customers = customers(6);
    world.setting.evidence = 'events';
    Object.assign(world.post.transport, { evidence: 'events' });
    world.post.beforeEach = async ({ to }) =>
      to === 'customer2@example.com' ? { kind: 'doubtful', code: 'ETIMEDOUT' } : undefined;
    await world.apply('editor', BANK_SOURCE, statement());
    run = String((await world.start('operator', 'statement')).json.run);
    await world.settle();
  });

  const at = async (clock: string) => {
    await world.setClock(`2026-03-05T${clock}+09:00`);
    await world.settle();
  };
  const list = async (state: string) => {
    const { json } = await world.as('operator', 'GET /api/v1/runs/{id}/sends', { id: run });
    return (json.items as { state: string; send: string; attempt?: string }[]).filter(
      (send) => send.state === state,
    );
  };
  const tell = async (attempt: string) => {
    const mail = { messageId: `m-${attempt}`, destination: [], tags: { 'tank-attempt-id': [attempt] } };
    const event = JSON.stringify({ eventType: 'Delivery', mail, delivery: { recipients: [] } });
    const handler = createBounceHandler({ ...world.ports, sns: world.ports.sns });
    expect(failedIds(await handler(sqsEvent(event), lambdaContext()))).toEqual([]);
  };

  it('names the attempt, its time, what the transport said, and whether later mails were heard of', async () => {
    expect(await list('in_doubt')).toMatchObject([{ laterEvents: false }]);
    await at('13:01:00');
    const [held] = await list('held');
    expect(held).toMatchObject({
      attempt: `${held?.send}-1`,
      calledAt: '2026-03-05T03:00:00.000Z',
      laterEvents: false,
      fault: { code: 'transport_doubtful', facts: { reason: 'ETIMEDOUT; no evidence came' } },
    });
    expect(JSON.stringify(held)).not.toContain('customer2');
  });

  it('says so when events of later mails have come', async () => {
    await at('13:01:00');
    world.bank.customers = customers(8).slice(6);
    await world.start('operator', 'statement', 'second');
    await world.settle();
    expect(await list('held')).toMatchObject([{ laterEvents: false }]);
    await tell(world.post.mails.at(-1)?.attemptId ?? '');
    expect(await list('held')).toMatchObject([{ laterEvents: true }]);
  });

  it('loses the one whose own event comes at last', async () => {
    await at('13:01:00');
    const [held] = await list('held');
    await tell(held?.attempt ?? '');
    expect(await list('held')).toEqual([]);
    expect(await world.run(run)).toMatchObject({ state: 'finished', sent: 6, held: 0 });
  });
});
