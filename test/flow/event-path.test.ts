import { beforeEach, describe, expect, it } from 'vitest';
import { keepFeedback } from '../../functions/scheduler/keep-feedback.ts';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { createSqlEvents } from '../../shared/adapters/sql/events.ts';
import type { EvidenceKind } from '../../shared/domain/evidence.ts';
import type { Database } from '../../shared/ports/database.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { feedbackWorld, HARD, sesEvent } from '../fixtures/feedback-world.ts';
import { withTurnableClock } from '../fixtures/ledger-driver.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const MINUTE = 60_000;

describe('the way of the events', () => {
  let world: ReturnType<typeof feedbackWorld>;
  let database: Database;
  let evidence: EvidenceKind;
  const pass = (ms: number) => database.run('UPDATE test_clock SET at = at + ?', [ms]);
  const look = () => keepFeedback({ ...world.ports, evidence: () => evidence } as unknown as Ports);
  const alarms = () => world.told.filter(({ subject }) => subject.endsWith('no_events'));

  beforeEach(async () => {
    database = await openTestStore();
    await database.run('CREATE TABLE test_clock (at INTEGER NOT NULL)');
    await database.run('INSERT INTO test_clock (at) VALUES (1000020)');
    world = feedbackWorld(database, withTurnableClock(sqliteDialect));
    evidence = 'events';
    await world.sentRun(20);
  });

  it('is alarmed about when mails went out and nothing came within 15 minutes, once an hour', async () => {
    await pass(14 * MINUTE);
    await look();
    expect(alarms()).toEqual([]);
    await pass(2 * MINUTE);
    await look();
    await look();
    expect(alarms()).toHaveLength(1);
    expect(alarms()[0]?.text).toContain('20 mails');
  });

  it('is trusted as long as anything comes, about whatever mail', async () => {
    await pass(5 * MINUTE);
    await world.handle(sesEvent({ run: 'elsewhere', send: 1 }));
    await pass(11 * MINUTE);
    await look();
    expect(alarms()).toEqual([]);
  });

  it('is alarmed about 15 minutes after the first mail of which it told nothing, however much it told before', async () => {
    await pass(2 * MINUTE);
    await world.handle(sesEvent({ run: 'r1', send: 1 }));
    await pass(2 * MINUTE);
    await world.sentRun(7, { id: 'r2', automationId: 'a2' });
    await database.run(
      "UPDATE email_send_log SET settled_at = (SELECT at FROM test_clock) WHERE run_id = 'r2'",
    );
    await pass(14 * MINUTE);
    await look();
    expect(alarms()).toEqual([]);
    await pass(2 * MINUTE);
    await look();
    expect(alarms()[0]?.text).toContain('7 mails');
  });

  it('is not taken for open because a bounce mailbox tells something', async () => {
    await pass(10 * MINUTE);
    const told = {
      type: 'Bounce',
      source: 'dsn',
      messageId: 'm',
      occurredAt: 1,
      body: new Uint8Array([0]),
    } as const;
    await world.events.add([{ ...told, id: 'e1' }]);
    await pass(6 * MINUTE);
    await look();
    expect(alarms()).toHaveLength(1);
  });

  it('of a transport that has none is not missed, nor is that of mails of long ago', async () => {
    evidence = 'none';
    await pass(16 * MINUTE);
    await look();
    evidence = 'events';
    await pass(60 * MINUTE);
    await look();
    expect(alarms()).toEqual([]);
  });

  it('may be quicker than the commit: what nobody knew yet is found when its mail is written down', async () => {
    await database.run("UPDATE email_send_log SET message_id = NULL WHERE id = 'r1-00000003'");
    const event = JSON.parse(sesEvent({ run: 'r1', send: 3, bounce: HARD }));
    delete event.mail.tags;
    await world.handle(JSON.stringify(event));
    await look();
    expect((await world.sendOf('r1-00000003'))?.delivery).toBe('none');
    await database.run("UPDATE email_send_log SET message_id = 'message-r1-3' WHERE id = 'r1-00000003'");
    await look();
    expect((await world.sendOf('r1-00000003'))?.delivery).toBe('bounced');
    expect(await world.feedback.window('bounce', { scope: 'account', id: '*' })).toEqual({
      sends: 1,
      events: 1,
    });
    expect(await createSqlEvents(database, sqliteDialect).ofSend('r1-00000003')).toHaveLength(1);
  });

  it('forgets which messages it has seen once none of them could be young enough any more', async () => {
    await world.events.rememberNotice('m1', 130 * MINUTE);
    await look();
    expect(await world.events.isNoticeKnown('m1')).toBe(true);
    await pass(131 * MINUTE);
    await look();
    expect(await world.events.isNoticeKnown('m1')).toBe(false);
  });
});
