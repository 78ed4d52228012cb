import { beforeEach, describe, expect, it } from 'vitest';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';
import { aRun } from '../fixtures/ledger-driver.ts';

const daily = (more: object = {}) => statement({ schedule: { daily: { at: '08:30' }, ...more } });

describe('a schedule starts runs', () => {
  let world: CampaignWorld;
  const dates = async () => (await world.runs()).map((run) => run.businessDate).reverse();
  const pass = async (...moments: string[]) => {
    for (const moment of moments) {
      await world.setClock(moment);
      await world.settle();
    }
  };
  const save = async (document: object) => {
    const saved = await world.apply('editor', BANK_SOURCE, document);
    expect(saved.json).toMatchObject({ automations: [{ name: 'statement' }] });
  };

  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-04T12:00:00+09:00');
    world.bank.customers = customers(3);
  });

  it('at its time and not before, with the planned day as business date', async () => {
    await save(daily());
    await pass('2026-03-05T08:29:59+09:00');
    expect(await dates()).toEqual([]);
    await pass('2026-03-05T08:30:00+09:00', '2026-03-05T08:30:05+09:00', '2026-03-05T23:00:00+09:00');
    expect(await dates()).toEqual(['2026-03-05']);
    const [run] = await world.runs();
    expect([run?.state, run?.startedBy]).toEqual(['finished', 'schedule']);
    expect(world.post.mails).toHaveLength(3);
    await pass('2026-03-06T08:30:03+09:00');
    expect(await dates()).toEqual(['2026-03-05', '2026-03-06']);
  });

  it('never for a time that had passed when it was saved', async () => {
    await save(daily({ missed: 'once' }));
    await pass('2026-03-04T12:00:05+09:00', '2026-03-04T23:59:00+09:00');
    expect(await dates()).toEqual([]);
  });

  it('exactly once, whichever of two schedulers is faster', async () => {
    await save(daily());
    const others = await Promise.all([world.anotherScheduler(), world.anotherScheduler()]);
    for (const day of ['05', '06', '07', '08', '09', '10']) {
      await world.setClock(`2026-03-${day}T08:30:01+09:00`);
      await Promise.all([...others.map((tick) => tick()), world.tick(), ...others.map((tick) => tick())]);
      await world.drain();
    }
    expect(await dates()).toEqual([
      '2026-03-05',
      '2026-03-06',
      '2026-03-07',
      '2026-03-08',
      '2026-03-09',
      '2026-03-10',
    ]);
  });

  it('not again when a scheduler that was frozen wakes with an old look', async () => {
    await save(daily());
    await world.setClock('2026-03-05T08:30:01+09:00');
    const schedules = await world.ports.schedules();
    const [old] = await schedules.due();
    await world.settle();
    const [run] = await world.runs();
    if (!old || !run) throw new Error('nothing was due');
    const looked = { seen: old, lookedAt: old.now, nextAt: 0, passed: 0, why: 'late' as const };
    expect(
      await schedules.start(aRun({ id: 'late', automationId: run.automationId }), old.now, looked),
    ).toEqual({ kind: 'overtaken' });
    expect(await world.runs()).toHaveLength(1);
  });

  it.each([
    ['skip', [], 3],
    ['once', ['2026-03-07'], 2],
  ] as const)('after three days of downtime: %s', async (missed, expected, passed) => {
    await save(daily({ missed }));
    await pass('2026-03-04T12:00:05+09:00', '2026-03-08T05:00:00+09:00', '2026-03-08T05:00:05+09:00');
    expect(await dates()).toEqual(expected);
    expect((await (await world.ports.schedules()).list())[0]).toMatchObject({ passed, passedWhy: 'late' });
    await pass('2026-03-08T08:30:00+09:00');
    expect(await dates()).toEqual([...expected, '2026-03-08']);
  });

  it('once, and never twice: not after a restart, nor when the same definition is saved again', async () => {
    const once = statement({ schedule: { once: { at: '2026-03-05T08:30' }, missed: 'once' } });
    await save(once);
    await pass('2026-03-05T08:31:00+09:00');
    await save(once);
    await save({ ...once, mail: { from: 'bank@example.com', subject: 'Other', html: '<p>$(NAME)</p>' } });
    await pass('2026-03-05T08:31:05+09:00', '2026-03-08T08:31:00+09:00');
    expect(await dates()).toEqual(['2026-03-05']);
  });

  it('not again when a schedule is changed and changed back', async () => {
    await save(daily());
    await pass('2026-03-05T08:30:00+09:00');
    await save(daily({ zone: 'America/New_York' }));
    await save(daily());
    await pass('2026-03-05T08:30:10+09:00', '2026-03-05T12:00:00+09:00');
    expect(await dates()).toEqual(['2026-03-05']);
  });

  it('on every save when it is realtime, and not for a save that changes nothing', async () => {
    const realtime = (subject: string) =>
      statement({
        schedule: { realtime: true },
        mail: { from: 'bank@example.com', subject, html: '<p>$(NAME)</p>' },
      });
    await save(realtime('One'));
    await pass('2026-03-04T12:00:01+09:00', '2026-03-04T12:00:06+09:00');
    await save(realtime('One'));
    await pass('2026-03-04T12:00:10+09:00');
    expect((await world.runs()).map((run) => run.automationVersion)).toEqual([1]);
    await save(realtime('Two'));
    await pass('2026-03-04T12:00:15+09:00', '2026-03-04T12:00:20+09:00');
    expect((await world.runs()).map((run) => run.automationVersion)).toEqual([2, 1]);
  });

  it('in a zone whose clocks jump over the time, at the jump', async () => {
    await save(statement({ schedule: { daily: { at: '02:30' }, zone: 'America/New_York' } }));
    await pass('2026-03-07T02:30:00-05:00', '2026-03-08T01:59:59-05:00');
    expect(await dates()).toEqual(['2026-03-07']);
    await pass('2026-03-08T03:00:00-04:00', '2026-03-08T03:30:00-04:00');
    expect(await dates()).toEqual(['2026-03-07', '2026-03-08']);
  });

  it('once where the clocks show the time twice', async () => {
    await save(statement({ schedule: { daily: { at: '01:30' }, zone: 'America/New_York' } }));
    await world.setClock('2026-11-01T00:00:00-04:00');
    await world.tick();
    await pass('2026-11-01T01:30:00-04:00', '2026-11-01T01:30:00-05:00', '2026-11-01T12:00:00-05:00');
    expect((await dates()).filter((date) => date === '2026-11-01')).toHaveLength(1);
  });

  it('on the last day of a short month for the 31st', async () => {
    await save(statement({ schedule: { monthly: { day: 31, at: '08:30' } } }));
    await pass('2026-03-31T08:30:00+09:00', '2026-04-30T08:30:00+09:00', '2026-05-31T08:30:00+09:00');
    expect(await dates()).toEqual(['2026-03-31', '2026-04-30', '2026-05-31']);
  });

  describe('while the run before is live', () => {
    const blocked = async (missed: string) => {
      await save(daily({ missed }));
      world.bank.down = true;
      await pass('2026-03-05T08:30:00+09:00', '2026-03-06T08:30:00+09:00', '2026-03-06T08:30:30+09:00');
      expect(await dates()).toEqual(['2026-03-05']);
      return (await (await world.ports.schedules()).list())[0];
    };

    it('skip: the start is given up and noted', async () => {
      expect(await blocked('skip')).toMatchObject({ passed: 1, passedWhy: 'live' });
      world.bank.down = false;
      await pass('2026-03-06T08:35:00+09:00', '2026-03-06T08:36:00+09:00');
      expect(await dates()).toEqual(['2026-03-05']);
    });

    it('once: it waits for the end, and several become one', async () => {
      const [first] = [await blocked('once')];
      expect(first).toMatchObject({ passed: 0, waitsFor: (await world.runs())[0]?.id });
      await pass('2026-03-07T08:30:00+09:00');
      world.bank.down = false;
      await pass('2026-03-07T08:35:00+09:00', '2026-03-07T08:36:00+09:00', '2026-03-07T08:37:00+09:00');
      expect(await dates()).toEqual(['2026-03-05', '2026-03-07']);
      const [state] = await (await world.ports.schedules()).list();
      expect(state).toMatchObject({ passed: 1 });
      expect(state?.waitsFor).toBeUndefined();
    });
  });

  it('not while its automation is held; what came due then was missed', async () => {
    await save(daily({ missed: 'once' }));
    const [automation] = await (await world.ports.automations()).list();
    const ledger = await world.ports.ledger();
    const pause = { id: 'h', scope: 'automation', scopeId: automation?.id ?? '', reason: 'pause' } as const;
    await ledger.hold({ ...pause, author: 'os:operator' });
    await pass('2026-03-05T08:30:00+09:00');
    expect(await dates()).toEqual([]);
    await ledger.liftHold('h', 'os:operator');
    await pass('2026-03-05T11:00:00+09:00');
    expect(await dates()).toEqual(['2026-03-05']);
  });

  it('not any more when the schedule is taken away', async () => {
    await save(daily());
    await save(statement());
    await pass('2026-03-05T08:30:00+09:00');
    expect(await dates()).toEqual([]);
    expect(await (await world.ports.schedules()).list()).toEqual([]);
  });

  it('although another automation cannot start', async () => {
    await save(daily());
    const automations = await world.ports.automations();
    const find = automations.find;
    await world.apply('editor', { ...daily(), automation: 'another' });
    const [another] = await automations.list();
    automations.find = async (id) => {
      if (id === another?.id) throw new Error('broken');
      return find(id);
    };
    await pass('2026-03-05T08:30:00+09:00');
    expect(await dates()).toEqual(['2026-03-05']);
    expect(world.lines.filter(({ event }) => event === 'schedule_failed').length).toBeGreaterThan(0);
  });

  describe('around holidays', () => {
    const holidays = async (...days: string[]) =>
      world.as('editor', 'PUT /api/v1/holidays', {}, { days: days.map((day) => ({ day, name: '설날' })) });

    it.each([
      ['skip', []],
      ['before', ['2026-03-13']],
      ['after', ['2026-03-17']],
      ['send', ['2026-03-15']],
    ] as const)('%s', async (rule, expected) => {
      await save(statement({ schedule: { monthly: { day: 15, at: '08:30' }, holidays: rule } }));
      await holidays('2026-03-14', '2026-03-15', '2026-03-16');
      for (let day = 12; day < 20; day++) await pass(`2026-03-${day}T08:30:00+09:00`);
      expect(await dates()).toEqual(expected);
    });

    it('a calendar that comes on the day itself does not start the same day twice', async () => {
      await save(statement({ schedule: { monthly: { day: 5, at: '08:30' }, holidays: 'after' } }));
      await pass('2026-03-05T08:30:00+09:00');
      await holidays('2026-03-05');
      await pass('2026-03-05T10:00:00+09:00', '2026-03-06T08:30:00+09:00', '2026-04-05T08:30:00+09:00');
      expect(await dates()).toEqual(['2026-03-05', '2026-04-05']);
    });

    it('an import replaces the years that it names and leaves the others', async () => {
      await holidays('2025-12-25', '2026-01-01', '2026-02-17');
      const { json } = await holidays('2026-02-16');
      expect((json.items as { day: string }[]).map(({ day }) => day)).toEqual(['2025-12-25', '2026-02-16']);
      expect((await holidays('2026-02-30')).status).toBe(400);
      expect((await holidays('2026-02-17', '2026-02-17')).status).toBe(400);
    });
  });

  it('tells when it will start, and when it last did', async () => {
    await save(daily());
    await pass('2026-03-05T08:30:00+09:00');
    const { json } = await world.as('viewer', 'GET /api/v1/schedules');
    expect(json.items).toEqual([
      {
        automation: 'statement',
        passed: 0,
        next: '2026-03-05T23:30:00.000Z',
        lastStart: '2026-03-04T23:30:00.000Z',
        lastRun: (await world.runs())[0]?.id,
      },
    ]);
  });
});
