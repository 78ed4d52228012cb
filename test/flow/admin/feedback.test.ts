import { beforeEach, describe, expect, it } from 'vitest';
import { createBounceHandler } from '../../../functions/bounce-handler/handler.ts';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { feedbackApi } from '../../../shared/wire/feedback-api.ts';
import { HARD, sesEvent } from '../../fixtures/feedback-world.ts';
import { lambdaContext } from '../../fixtures/identity.ts';
import { openOffice, people, sourceOf, statement } from '../../fixtures/office.ts';
import { failedIds, sqsEvent } from '../../fixtures/sqs-event.ts';

describe('reports about what came back', () => {
  let office: Awaited<ReturnType<typeof openOffice>>;
  beforeEach(async () => {
    office = await openOffice(people(1));
    await office.ask(adminApi.applyDefinitions, { body: { documents: [sourceOf(office), statement()] } });
    const handle = createBounceHandler(office.ports);
    const bodies = [
      sesEvent({ run: 'elsewhere', send: 1 }),
      sesEvent({ run: 'elsewhere', send: 2 }),
      sesEvent({ run: 'elsewhere', send: 3, bounce: HARD }),
    ];
    expect(failedIds(await handle(sqsEvent(...bodies), lambdaContext()))).toEqual([]);
  });

  it('count by type and subtype, and by the hour', async () => {
    const { status, json } = await office.ask(
      feedbackApi.reportEvents,
      { query: { range: '24h' } },
      'viewer',
    );
    expect(status).toBe(200);
    expect(json.types).toEqual([
      { type: 'Delivery', events: 2 },
      { type: 'Bounce', subtype: 'Permanent/NoEmail', events: 1 },
    ]);
    expect(
      (json.items as { type: string; events: number }[]).map(({ type, events }) => [type, events]),
    ).toEqual([
      ['Bounce', 1],
      ['Delivery', 2],
    ]);
  });

  it('tell how near the rule is to pausing, for the account, each sender and each automation', async () => {
    const { json } = await office.ask(feedbackApi.reportReputation, {}, 'operator');
    expect(json.items).toMatchObject([
      { scope: 'account', kind: 'bounce', sends: 0, events: 0, judgement: 'fine', threshold: 0.05 },
      { scope: 'account', kind: 'complaint', threshold: 0.001 },
      { scope: 'identity', name: expect.stringContaining('@example.com'), kind: 'bounce' },
      { scope: 'identity', kind: 'complaint' },
      { scope: 'automation', name: 'statement', kind: 'bounce' },
      { scope: 'automation', name: 'statement', kind: 'complaint' },
    ]);
  });

  it('are for those who may read reports', async () => {
    expect((await office.ask(feedbackApi.reportEvents, {}, 'auditor')).status).toBe(403);
  });
});
