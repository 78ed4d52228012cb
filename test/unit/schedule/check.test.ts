import { describe, expect, test } from 'vitest';
import type { ScheduleSpec } from '../../../shared/domain/automation.ts';
import { checkSchedule } from '../../../shared/domain/schedule/check.ts';

const schedule = (when: ScheduleSpec['when'], more: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
  when,
  zone: 'Asia/Seoul',
  holidays: 'send',
  missed: 'skip',
  ...more,
});

const DAILY = { kind: 'daily', at: '08:30' } as const;
const fieldsOf = (spec: ScheduleSpec): string[] => checkSchedule(spec).map(({ field }) => field);

describe('a schedule is checked', () => {
  test.each<[string, ScheduleSpec]>([
    ['daily', schedule(DAILY, { window: { from: '22:00', to: '06:00' } })],
    ['until midnight', schedule(DAILY, { window: { from: '08:00', to: '24:00' } })],
    ['on the 31st', schedule({ kind: 'monthly', day: 31, at: '23:59' })],
    ['once', schedule({ kind: 'once', at: '2028-02-29T00:00' })],
    ['realtime', schedule({ kind: 'realtime' })],
    ['by cron', schedule({ kind: 'cron', expression: '*/10 8-20 1,15,L JAN-NOV/2 mon-FRI' })],
  ])('%s is fine', (_, spec) => expect(checkSchedule(spec)).toEqual([]));

  test.each<[string, ScheduleSpec]>([
    ['daily.at', schedule({ kind: 'daily', at: '8:30' })],
    ['daily.at', schedule({ kind: 'daily', at: '24:00' })],
    ['weekly.at', schedule({ kind: 'weekly', day: 'mon', at: '25:00' })],
    ['monthly.day', schedule({ kind: 'monthly', day: 0, at: '08:30' })],
    ['monthly.day', schedule({ kind: 'monthly', day: 1.5, at: '08:30' })],
    ['once.at', schedule({ kind: 'once', at: '2026-02-29T08:30' })],
    ['once.at', schedule({ kind: 'once', at: '2026-02-28 08:30' })],
    ['zone', schedule(DAILY, { zone: 'Asia/Seuol' })],
    ['window', schedule(DAILY, { window: { from: '08:00', to: '08:00' } })],
    ['window', schedule(DAILY, { window: { from: '24:00', to: '08:00' } })],
    ...[
      '',
      '* * * *',
      '* * * * * *',
      '60 * * * *',
      '* 24 * * *',
      '* * 0 * *',
      '* * * 13 *',
      '* * * * 8',
      '5-1 * * * *',
      '*/0 * * * *',
      'x * * * *',
      '1,,2 * * * *',
      '* * LW * *',
      '* * * * FRI#2',
      '1- * * * *',
    ].map((expression): [string, ScheduleSpec] => ['cron', schedule({ kind: 'cron', expression })]),
  ])('the fault is in %s: %j', (field, spec) => expect(fieldsOf(spec)).toEqual([field]));

  test('a fault says what is wrong', () =>
    expect(checkSchedule(schedule({ kind: 'cron', expression: '0 25 * * *' }))).toEqual([
      { field: 'cron', code: 'cron_part', facts: { part: '25', name: 'hour' } },
    ]));
});
