import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classifySmtpBreak,
  classifySmtpReply,
  readSmtpReply,
  type SmtpPhase,
} from '../../shared/domain/classify-smtp.ts';

const PHASES: readonly SmtpPhase[] = ['connect', 'auth', 'mail', 'recipient', 'data', 'message'];

const REPLIES: readonly (readonly [SmtpPhase, string, string])[] = [
  ['connect', '421 4.3.2 closing', 'unreached'],
  ['connect', '554 5.7.1 not you', 'stopped'],
  ['connect', '454 4.7.0 TLS not available due to temporary reason', 'unreached'],
  ['connect', '502 5.5.1 STARTTLS not implemented', 'stopped'],
  ['auth', '535 5.7.8 authentication credentials invalid', 'stopped'],
  ['auth', '454 4.7.0 temporary authentication failure', 'temporary'],
  ['mail', '530 5.7.0 must issue a STARTTLS command first', 'stopped'],
  ['mail', '454 Throttling failure: Daily message quota exceeded.', 'quota'],
  ['mail', '454 Throttling failure: Maximum sending rate exceeded.', 'throttled'],
  ['mail', '550 5.1.8 sender refused', 'stopped'],
  ['mail', '552 5.3.4 message size exceeds fixed limit', 'rejected/content'],
  ['mail', '452 4.3.1 insufficient system storage', 'temporary'],
  ['mail', '421 4.7.0 too many messages, slow down', 'throttled'],
  ['mail', '503 5.5.1 bad sequence of commands', 'temporary'],
  ['recipient', '550 5.1.1 no such user', 'rejected/recipient'],
  ['recipient', '550 no such user', 'rejected/recipient'],
  ['recipient', '552 5.2.2 mailbox full', 'rejected/recipient'],
  ['recipient', '554 5.7.1 relay access denied', 'rejected/recipient'],
  ['recipient', '451 4.7.1 greylisted', 'temporary'],
  ['recipient', '450 4.2.1 mailbox busy', 'temporary'],
  ['data', '554 5.5.1 no valid recipients', 'rejected/content'],
  ['data', '451 4.3.0 try later', 'temporary'],
  ['data', '250 what?', 'temporary'],
  ['message', '554 5.6.0 virus found', 'rejected/content'],
  ['message', '552 message too large', 'rejected/content'],
  ['message', '523 5.2.3 too long', 'rejected/content'],
  ['message', '550 5.1.1 unknown after all', 'rejected/recipient'],
  ['message', '554 Message rejected: Email address is not verified. kim@example.com', 'stopped'],
  ['message', '451 4.3.0 try later', 'temporary'],
  ['message', '421 4.4.2 time-out', 'temporary'],
  ['message', '454 4.7.0 Throttling failure: Daily message quota exceeded', 'quota'],
  ['message', '354 go on', 'doubtful'],
  ['message', '', 'doubtful'],
  ['message', 'gibberish', 'doubtful'],
];

describe('an SMTP reply means', () => {
  it.each(REPLIES)('at %s, "%s": %s', (phase, response, expected) => {
    const outcome = classifySmtpReply(readSmtpReply(response, phase));
    expect(outcome.kind === 'rejected' ? `rejected/${outcome.fault}` : outcome.kind).toBe(expected);
  });

  it('is named by its numbers alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999 }),
        fc.string(),
        fc.constantFrom(...PHASES),
        (code, text, phase) => {
          const outcome = classifySmtpReply(readSmtpReply(`${code} 5.1.1 <kim@example.com> ${text}`, phase));
          expect(outcome.kind === 'accepted' ? '' : outcome.code).toMatch(/^\d{1,3}( [245]\.\d+\.\d+)?$/);
        },
      ),
    );
  });
});

describe('a conversation that breaks', () => {
  it.each(PHASES.filter((phase) => phase !== 'message'))('at %s was never a mail', (phase) => {
    for (const code of [
      'ECONNRESET',
      'ETIMEDOUT',
      'ESOCKET',
      'ECONNREFUSED',
      'EDNS',
      'ABORT_ERR',
      'ETLS',
      '',
    ]) {
      expect(classifySmtpBreak({ code, phase }).kind).toBe('unreached');
    }
  });

  it('after the dot may have been one, whatever broke it', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('ECONNREFUSED', 'ENOTFOUND', 'CERT_HAS_EXPIRED')),
        (code) => {
          expect(classifySmtpBreak({ code, phase: 'message' }).kind).toBe('doubtful');
        },
      ),
    );
  });

  it.each(['SELF_SIGNED_CERT_IN_CHAIN', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'EAUTH'])(
    'by %s stops',
    (code) => {
      expect(classifySmtpBreak({ code, phase: 'connect' }).kind).toBe('stopped');
    },
  );
});
