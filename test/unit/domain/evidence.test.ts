import { describe, expect, test } from 'vitest';
import { createOutboxTransport } from '../../../shared/adapters/outbox/transport.ts';
import { createSesTransport } from '../../../shared/adapters/ses/transport.ts';
import { createSmtpTransport } from '../../../shared/adapters/smtp/transport.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { evidenceOf, unprovable } from '../../../shared/domain/evidence.ts';

describe('what a transport can prove, by its settings alone', () => {
  test.each([
    ['outbox', {}, 'lookup'],
    ['ses', { sesConfigurationSet: 'tank' }, 'events'],
    ['ses', {}, 'none'],
    ['smtp', { sesConfigurationSet: 'tank' }, 'none'],
  ] as const)('%s with %o: %s', (transport, settings, expected) =>
    expect(evidenceOf(transport, settings)).toBe(expected),
  );
});

test('the transports themselves say the same', async () => {
  const ses = (more: object) => createSesTransport({ region: 'ap-northeast-2', ...more }, systemClock);
  const made = [
    createOutboxTransport('/nowhere', systemClock),
    ses({ configurationSet: 'tank' }),
    ses({}),
    createSmtpTransport({ url: 'smtp://127.0.0.1:1' }, systemClock),
  ];
  expect(made.map(({ evidence }) => evidence)).toEqual(['lookup', 'events', 'none', 'none']);
  await Promise.all(made.map((transport) => transport.close()));
});

test('where there is no proof, neither a canary nor a second sending of doubtful mail is promised', () => {
  const both = { canary: { first: 1, waitSeconds: 1 }, inDoubt: 'resend' } as const;
  expect(unprovable(both, 'none')).toEqual(['canary', 'inDoubt']);
  expect(unprovable({ inDoubt: 'hold' }, 'none')).toEqual([]);
  expect(unprovable(both, 'lookup')).toEqual([]);
  expect(unprovable(both, 'events')).toEqual([]);
});
