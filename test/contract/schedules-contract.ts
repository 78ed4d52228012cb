import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqlAutomations } from '../../shared/adapters/sql/automations.ts';
import { createSqlCalendar } from '../../shared/adapters/sql/calendar.ts';
import { createSqlSchedules } from '../../shared/adapters/sql/schedules.ts';
import type { AutomationSpec, ScheduleSpec } from '../../shared/domain/automation.ts';
import type { Automations } from '../../shared/ports/automations.ts';
import type { Calendar } from '../../shared/ports/calendar.ts';
import type { DueSchedule, Schedules } from '../../shared/ports/schedules.ts';
import { aRun, type LedgerDriver } from '../fixtures/ledger-driver.ts';
import { madeUpRuntime } from '../fixtures/made-up-runtime.ts';

const NOW = 1_000_000;
const DAILY: ScheduleSpec = {
  when: { kind: 'daily', at: '08:30' },
  zone: 'UTC',
  holidays: 'send',
  missed: 'skip',
};

const spec = (schedule?: ScheduleSpec, subject = 's'): AutomationSpec => ({
  name: 'monthly',
  organisation: 'retail',
  source: 'bank',
  recipients: { target: 't', key: 'k', email: 'e', recurrence: { kind: 'all' } },
  mappings: [],
  mail: { from: 'bank@example.com', subject, html: 'h', advertising: false, unsubscribe: false },
  inDoubt: 'hold',
  ...(schedule ? { schedule } : {}),
});

export const schedulesContract = (name: string, open: () => Promise<LedgerDriver>): void => {
  describe(`schedules on ${name}`, () => {
    let driver: LedgerDriver;
    let schedules: Schedules;
    let automations: Automations;
    let calendar: Calendar;
    beforeEach(async () => {
      driver = await open();
      const { database, dialect } = driver;
      schedules = createSqlSchedules(database, dialect);
      automations = createSqlAutomations(database, dialect, madeUpRuntime().runtime);
      calendar = createSqlCalendar(database);
    });
    afterEach(() => driver.close());

    const save = async (given: AutomationSpec): Promise<string> => {
      const { automations: saved } = await automations.apply(
        { sources: [], automations: [{ spec: given }] },
        'os:editor',
      );
      return saved[0]?.id ?? '';
    };
    const onlyDue = async (): Promise<DueSchedule> => {
      const [first, ...more] = await schedules.due();
      if (!first || more.length > 0) throw new Error('not exactly one schedule is due');
      return first;
    };
    const look = (seen: DueSchedule, passed = 0) => ({
      seen,
      lookedAt: seen.now,
      nextAt: NOW + 5_000,
      passed,
      why: 'late' as const,
    });

    it('are looked at from the save on, and then when they said', async () => {
      const id = await save(spec(DAILY));
      const seen = await onlyDue();
      expect(seen).toMatchObject({ automationId: id, lookedAt: NOW, nextAt: 0, now: NOW, passed: 0 });
      expect(await schedules.pass(look(seen))).toBe(true);
      await driver.pass(4_999);
      expect(await schedules.due()).toEqual([]);
      await driver.pass(1);
      expect((await onlyDue()).now).toBe(NOW + 5_000);
    });

    it('let one of several looks at the same state count', async () => {
      await save(spec(DAILY));
      const seen = await onlyDue();
      await driver.pass(10);
      const later = { ...look(seen, 2), lookedAt: NOW + 10 };
      const passes = await Promise.all([later, later, later].map((one) => schedules.pass(one)));
      expect(passes.filter(Boolean)).toHaveLength(1);
      expect(await schedules.list()).toMatchObject([
        { passed: 2, passedWhy: 'late', passedAt: NOW + 10, lookedAt: NOW + 10 },
      ]);
    });

    it('start a run together with the look, or neither', async () => {
      const automationId = await save(spec(DAILY));
      const seen = await onlyDue();
      const starts = await Promise.all(
        ['r1', 'r2', 'r3'].map((id) =>
          schedules.start(aRun({ id, automationId, idempotencyKey: 'key' }), NOW, look(seen)),
        ),
      );
      expect(starts.filter(({ kind }) => kind === 'started')).toHaveLength(1);
      expect(await driver.ledger.runs({ limit: 9 })).toHaveLength(1);
      const [state] = await schedules.list();
      expect(state).toMatchObject({ lastStart: NOW, nextAt: NOW + 5_000 });
      expect((await driver.ledger.run(state?.lastRun ?? ''))?.automationId).toBe(automationId);
    });

    it('stay due when another run of the automation is live, and remember for which they wait', async () => {
      const automationId = await save(spec(DAILY));
      await driver.ledger.startRun(aRun({ automationId }));
      const seen = await onlyDue();
      const met = await schedules.start(aRun({ id: 'r2', automationId }), NOW, look(seen));
      expect(met).toMatchObject({ kind: 'live', run: { id: 'r1' } });
      await schedules.waitFor(automationId, 'r1');
      expect(await onlyDue()).toMatchObject({ waitsFor: 'r1', lookedAt: NOW, nextAt: 0 });
      await driver.ledger.cancelRun('r1', 'os:test');
      const now = await schedules.start(aRun({ id: 'r2', automationId }), NOW, look(await onlyDue()));
      expect(now.kind).toBe('started');
      expect((await schedules.list())[0]?.waitsFor).toBeUndefined();
    });

    it('do not start a run for a look that is out of date', async () => {
      const automationId = await save(spec(DAILY));
      const old = await onlyDue();
      await driver.pass(1);
      await schedules.pass({ ...look(old), lookedAt: NOW + 1 });
      const late = await schedules.start(aRun({ automationId }), NOW, look(old));
      expect(late).toEqual({ kind: 'overtaken' });
      expect(await driver.ledger.runs({ limit: 9 })).toEqual([]);
    });

    it('begin anew when a save changes them, and only then', async () => {
      await save(spec(DAILY));
      await schedules.pass(look(await onlyDue()));
      await driver.pass(100);
      await save(spec(DAILY, 'another subject'));
      expect((await schedules.list())[0]).toMatchObject({ lookedAt: NOW, nextAt: NOW + 5_000 });
      await save(spec({ ...DAILY, zone: 'Asia/Seoul' }));
      expect((await schedules.list())[0]).toMatchObject({ lookedAt: NOW + 100, nextAt: 0 });
      await save(spec());
      expect(await schedules.list()).toEqual([]);
    });

    it('that are realtime have each save still before them', async () => {
      const realtime: ScheduleSpec = { ...DAILY, when: { kind: 'realtime' } };
      await save(spec(realtime));
      expect((await onlyDue()).lookedAt).toBe(NOW - 1);
      await schedules.pass(look(await onlyDue()));
      await driver.pass(100);
      await save(spec(realtime, 'another subject'));
      expect((await onlyDue()).lookedAt).toBe(NOW + 99);
    });

    it('rest while their automation is held', async () => {
      const scopeId = await save(spec(DAILY));
      const pause = { scope: 'automation', scopeId, reason: 'pause', author: 'os:test' } as const;
      await driver.ledger.hold({ ...pause, id: 'h', until: NOW + 500 });
      expect(await schedules.due()).toEqual([]);
      await driver.pass(501);
      expect(await schedules.due()).toHaveLength(1);
    });

    it('look again when the calendar changes', async () => {
      await save(spec(DAILY));
      await schedules.pass(look(await onlyDue()));
      await calendar.replaceYears([{ day: '2026-02-17', name: '설날' }]);
      expect(await schedules.due()).toHaveLength(1);
    });

    it('are forgotten with their automation', async () => {
      await schedules.forget(await save(spec(DAILY)));
      expect(await schedules.due()).toEqual([]);
    });

    it('have a calendar that is replaced by whole years', async () => {
      const day = (text: string, called = '') => ({ day: text, name: called });
      await calendar.replaceYears([day('2025-12-25'), day('2026-01-01', '신정'), day('2026-02-17')]);
      await calendar.replaceYears([day('2026-02-16', '설날'), day('2026-02-17', '설날')]);
      expect(await calendar.list()).toEqual([
        day('2025-12-25'),
        day('2026-02-16', '설날'),
        day('2026-02-17', '설날'),
      ]);
      expect(await calendar.days()).toEqual(new Set(['2025-12-25', '2026-02-16', '2026-02-17']));
    });
  });
};
