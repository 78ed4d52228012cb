import { beforeEach, describe, expect, it } from 'vitest';
import type { Route } from '../../../shared/wire/api.ts';
import { queuesApi } from '../../../shared/wire/queues-api.ts';
import { openOffice } from '../../fixtures/office.ts';

const SEND = { v: 1, kind: 'send', runId: 'run-1', batchId: 'batch-1' };

describe('the queues, as an administrator sees them', () => {
  let office: Awaited<ReturnType<typeof openOffice>>;
  const ask = (who: 'admin' | 'operator', route: Route, params: Record<string, string> = {}) =>
    office.ask(route, { params }, who);
  const { listQueues: LIST, listDeadMessages: DEAD, redriveQueue: REDRIVE } = queuesApi;

  const die = async (queue: 'bulk' | 'events', body: string) => {
    const opened = await office.ports.queue();
    await opened.send(queue, [{ body }]);
    for (let receives = 0; receives <= 5; receives += 1) {
      await opened.receive(queue, { max: 10, visibilitySeconds: 0, waitSeconds: 0 });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  beforeEach(async () => {
    office = await openOffice([]);
  });

  it('show what waits and what is dead', async () => {
    await die('bulk', JSON.stringify(SEND));
    await (await office.ports.queue()).send('urgent', [{ body: JSON.stringify(SEND) }]);
    const { json } = await ask('admin', LIST);
    expect(json.items).toContainEqual({ queue: 'bulk', visible: 0, inFlight: 0, delayed: 0, dead: 1 });
    expect(json.items).toContainEqual({ queue: 'urgent', visible: 1, inFlight: 0, delayed: 0, dead: 0 });
  });

  it('name the work of a dead message, and nothing of what an event or a stranger says', async () => {
    await die('bulk', JSON.stringify(SEND));
    await die('events', JSON.stringify({ mail: { destination: ['hong@example.com'] } }));
    const { json } = await ask('admin', DEAD, { queue: 'bulk' });
    expect(json.items).toMatchObject([{ kind: 'send', run: 'run-1', batch: 'batch-1', receiveCount: 5 }]);
    const events = await ask('admin', DEAD, { queue: 'events' });
    expect(events.json.items).toHaveLength(1);
    expect(JSON.stringify(events.json)).not.toContain('hong');
  });

  it('give the dead another chance, once, and write down who did', async () => {
    await die('bulk', JSON.stringify(SEND));
    expect((await ask('admin', REDRIVE, { queue: 'bulk' })).json).toEqual({ redriven: 1 });
    expect((await ask('admin', REDRIVE, { queue: 'bulk' })).json).toEqual({ redriven: 0 });
    expect(await (await office.ports.queue()).depth('bulk')).toMatchObject({ visible: 1, dead: 0 });
    const recorded = await (await office.ports.audit()).list({ event: 'queue.redriven', limit: 10 });
    expect(recorded.length).toBeGreaterThan(0);
  });

  it('are not an operator’s, and only those that there are', async () => {
    expect((await ask('operator', REDRIVE, { queue: 'bulk' })).status).toBe(403);
    expect((await ask('admin', REDRIVE, { queue: 'no-such' })).status).toBeGreaterThanOrEqual(400);
  });
});
