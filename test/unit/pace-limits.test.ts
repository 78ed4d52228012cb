import { expect, it } from 'vitest';
import { paceLimits } from '../../shared/app/pace-limits.ts';
import type { Transport, TransportLimits } from '../../shared/ports/transport.ts';

const transportOf = (limits: () => Promise<Partial<TransportLimits>>) => async () =>
  ({ limits }) as unknown as Transport;
const telling = (limits: Partial<TransportLimits>) => transportOf(async () => limits);
const failing = transportOf(() => Promise.reject(new Error('AccessDenied')));

it.each([
  ['nothing said', {}, {}, { reading: {} }],
  ['the transport alone: 90%', {}, { ratePerSecond: 14 }, { ratePerSecond: 12.6 }],
  ['a smaller setting', { sendRate: 10 }, { ratePerSecond: 14 }, { ratePerSecond: 10 }],
  ['a larger setting: what is allowed', { sendRate: 20 }, { ratePerSecond: 14 }, { ratePerSecond: 14 }],
  ['a setting alone', { sendRate: 20 }, {}, { ratePerSecond: 20 }],
  ['the smaller quota', { dailyQuota: 500 }, { dailyQuota: 200 }, { perDay: 200 }],
  ['a quota by setting', { dailyQuota: 500 }, {}, { perDay: 500 }],
])('with %s', async (_, settings, told, expected) => {
  expect(await paceLimits(settings, telling(told))()).toMatchObject(expected);
});

it('needs the answer of the transport only where no rate is set', async () => {
  expect(await paceLimits({ sendRate: 20 }, failing)()).toEqual({ ratePerSecond: 20, reading: {} });
  await expect(paceLimits({}, failing)()).rejects.toThrow('AccessDenied');
});
