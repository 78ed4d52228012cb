import { expect, it } from 'vitest';
import { forecast } from '../../../shared/domain/forecast.ts';
import { quotaOf } from '../../../shared/domain/quota.ts';

const DAY = 86_400_000;

it('keeps a part of the quota for urgent mail', () => {
  expect(quotaOf(1_000, 0)).toEqual({
    perDay: 1_000,
    used: 0,
    bulkPerDay: 950,
    leftForBulk: 950,
    leftForUrgent: 1_000,
  });
  expect(quotaOf(1_000, 970)).toMatchObject({ leftForBulk: 0, leftForUrgent: 30 });
  expect(quotaOf(1_000, 1_200)).toMatchObject({ leftForBulk: 0, leftForUrgent: 0 });
  expect(quotaOf(1, 0).leftForBulk).toBe(1);
});

it.each<[string, Parameters<typeof forecast>[0], object]>([
  ['nothing known', { mails: 100 }, { days: 1 }],
  ['a pace', { mails: 100, perSecond: 10 }, { days: 1, finishesInMs: 10_000 }],
  [
    'a quota that suffices',
    { mails: 95, perSecond: 10, quota: quotaOf(100, 0) },
    { days: 1, finishesInMs: 9_500 },
  ],
  [
    'one mail too many',
    { mails: 96, perSecond: 10, quota: quotaOf(100, 0) },
    { days: 2, finishesInMs: DAY + 100 },
  ],
  [
    'a used-up quota',
    { mails: 95, perSecond: 10, quota: quotaOf(100, 100) },
    { days: 2, finishesInMs: DAY + 9_500 },
  ],
  [
    'many days',
    { mails: 1_000, perSecond: 10, quota: quotaOf(100, 0) },
    { days: 11, finishesInMs: 10 * DAY + 5_000 },
  ],
  ['a quota without a pace', { mails: 200, quota: quotaOf(100, 0) }, { days: 3, finishesInMs: 2 * DAY }],
])('with %s', (_, load, expected) => {
  expect(forecast(load)).toEqual(expected);
});
