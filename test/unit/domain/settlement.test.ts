import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../shared/domain/outcome.ts';
import {
  doubtWaitMs,
  holdScopeOf,
  isSilence,
  usesQuota,
  verdictOn,
} from '../../../shared/domain/settlement.ts';

const WAITS = { retryWaitsMs: [60_000, 300_000, 900_000], inDoubtWaitMs: 3_600_000 };
const outcome = (kind: Exclude<Outcome['kind'], 'accepted' | 'rejected'>): Outcome => ({ kind, code: 'X' });

describe('an outcome', () => {
  it.each<[Outcome, number, object]>([
    [{ kind: 'accepted', messageId: 'm' }, 0, { to: 'sent', messageId: 'm' }],
    [
      { kind: 'rejected', fault: 'recipient', code: 'X' },
      0,
      { to: 'failed', fault: { code: 'recipient_rejected', class: 'recipient' } },
    ],
    [
      { kind: 'rejected', fault: 'content', code: 'X' },
      0,
      { to: 'failed', fault: { code: 'mail_rejected', class: 'content' } },
    ],
    [outcome('temporary'), 0, { to: 'retry', afterMs: 60_000, counts: true }],
    [outcome('temporary'), 2, { to: 'retry', afterMs: 900_000, counts: true }],
    [outcome('temporary'), 3, { to: 'failed', fault: { code: 'transport_temporary' } }],
    [outcome('unreached'), 99, { to: 'retry', counts: false, fault: { code: 'transport_unreached' } }],
    [outcome('throttled'), 99, { to: 'retry', counts: false, fault: { code: 'transport_throttled' } }],
    [outcome('quota'), 99, { to: 'retry', counts: false, fault: { code: 'quota_exhausted' } }],
    [outcome('stopped'), 99, { to: 'retry', counts: false, fault: { code: 'transport_stopped' } }],
    [outcome('doubtful'), 0, { to: 'in_doubt', waitMs: 3_600_000, fault: { code: 'transport_doubtful' } }],
  ])('%j after %d tries is written down as %j', (given, attempts, expected) => {
    expect(verdictOn(given, attempts, WAITS)).toMatchObject(expected);
  });

  it('tells whether the transport answered at all, and whether the quota was used', () => {
    const kinds = ['throttled', 'quota', 'temporary', 'unreached', 'stopped', 'doubtful'] as const;
    expect(kinds.filter((kind) => isSilence(outcome(kind)))).toEqual(['unreached', 'doubtful']);
    expect(kinds.filter((kind) => usesQuota(outcome(kind)))).toEqual(['doubtful']);
  });

  it('in doubt is waited for only where events may come', () => {
    expect(doubtWaitMs('events', WAITS)).toBe(3_600_000);
    expect(doubtWaitMs('lookup', WAITS)).toBe(0);
    expect(doubtWaitMs('none', WAITS)).toBe(0);
  });
});

describe('a refusal to send at all', () => {
  it.each([
    ['AccountSuspendedException', 'account'],
    ['SendingPausedException', 'account'],
    ['AccountSendingPausedException', 'account'],
    ['ConfigurationSetDoesNotExistException', 'account'],
    ['NotFoundException', 'account'],
    ['SignatureDoesNotMatch', 'account'],
    ['AccessDeniedException', 'account'],
    ['CredentialsProviderError', 'account'],
    ['http_403', 'account'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'account'],
    ['EAUTH', 'account'],
    ['535 5.7.8', 'account'],
    ['530', 'account'],
    ['MailFromDomainNotVerifiedException', 'identity'],
    ['MessageRejected', 'identity'],
    ['550 5.7.1', 'identity'],
    ['internal', 'run'],
  ])('with %s reaches the whole %s', (code, scope) => {
    expect(holdScopeOf(code)).toBe(scope);
  });
});
