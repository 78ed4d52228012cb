import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifySesError, type SesFailure } from '../../shared/domain/classify-ses.ts';

const refused = (name: string, message = '', httpStatus = 400): SesFailure => ({ name, message, httpStatus });
const broken = (code: string, name = 'Error'): SesFailure => ({ name, code });

const TABLE: readonly (readonly [expected: string, failures: readonly SesFailure[]])[] = [
  [
    'stopped',
    [
      refused('AccountSuspendedException'),
      refused('SendingPausedException', 'Sending is paused'),
      refused('MailFromDomainNotVerifiedException'),
      refused('NotFoundException', 'Configuration set <x> does not exist.', 404),
      refused(
        'MessageRejected',
        'Email address is not verified. The following identities failed: kim@example.com',
      ),
      refused('UnrecognizedClientException', '', 403),
      refused('InvalidSignatureException', '', 403),
      refused('SignatureDoesNotMatch', '', 403),
      refused('AccessDeniedException', '', 403),
      refused('ExpiredTokenException', '', 403),
      refused('MissingAuthenticationTokenException', '', 403),
      { name: 'CredentialsProviderError', message: 'Could not load credentials from any providers' },
      { httpStatus: 403 },
      broken('DEPTH_ZERO_SELF_SIGNED_CERT'),
      broken('CERT_HAS_EXPIRED'),
      broken('ERR_TLS_CERT_ALTNAME_INVALID'),
      broken('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    ],
  ],
  [
    'quota',
    [
      refused('TooManyRequestsException', 'Daily message quota exceeded.'),
      refused('ThrottlingException', 'Daily message quota exceeded'),
      refused('LimitExceededException', 'Daily message quota exceeded.', 429),
    ],
  ],
  [
    'throttled',
    [
      refused('TooManyRequestsException', 'Too many requests', 429),
      refused('ThrottlingException', 'Maximum sending rate exceeded.'),
      refused('LimitExceededException'),
      refused('SomethingNewException', 'Maximum sending rate exceeded.'),
      { httpStatus: 429 },
    ],
  ],
  [
    'rejected/recipient',
    [
      refused('BadRequestException', 'Invalid email address'),
      refused('BadRequestException', 'Local part is too long'),
      refused('BadRequestException', 'Missing final @domain'),
    ],
  ],
  [
    'rejected/content',
    [
      refused('MessageRejected', 'Transaction failed: virus'),
      refused('BadRequestException', 'The message is malformed'),
      { httpStatus: 413 },
    ],
  ],
  [
    'unreached',
    [
      broken('ENOTFOUND'),
      broken('EAI_AGAIN'),
      broken('ECONNREFUSED'),
      { ...broken('ECONNRESET'), unsent: true },
      { name: 'AbortError', unsent: true },
    ],
  ],
  [
    'doubtful',
    [
      broken('ECONNRESET'),
      broken('EPIPE'),
      broken('ETIMEDOUT'),
      { name: 'TimeoutError' },
      { name: 'AbortError' },
      refused('InternalServiceErrorException', '', 500),
      refused('ThrottlingException', 'Maximum sending rate exceeded.', 503),
      { httpStatus: 502 },
      { httpStatus: 504 },
      { httpStatus: 500, name: 'MessageRejected', message: 'x' },
      { httpStatus: 200 },
      { httpStatus: 200, code: 'no_message_id' },
      { httpStatus: 302 },
      { httpStatus: 408 },
      { httpStatus: 404 },
      refused('BrandNewException', 'nobody knows'),
      refused('ConflictException', '', 409),
      {},
      { name: 'TypeError', message: "Cannot read properties of undefined (reading 'x')" },
    ],
  ],
];

describe('a failed call to SES means', () => {
  for (const [expected, failures] of TABLE) {
    it.each(failures.map((failure) => [JSON.stringify(failure), failure] as const))(
      `${expected}: %s`,
      (_, failure) => {
        const outcome = classifySesError(failure);
        expect(outcome.kind === 'rejected' ? `rejected/${outcome.fault}` : outcome.kind).toBe(expected);
      },
    );
  }
});

describe('whatever SES or the wire says', () => {
  const anyFailure = fc.record(
    {
      name: fc.oneof(
        fc.string(),
        fc.constantFrom('BadRequestException', 'MessageRejected', 'ThrottlingException'),
      ),
      message: fc.oneof(
        fc.string(),
        fc.constantFrom(
          'Daily message quota exceeded',
          'Maximum sending rate exceeded',
          'address kim@example.com',
        ),
      ),
      httpStatus: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constant(200)),
      code: fc.oneof(fc.string(), fc.constantFrom('ECONNRESET', 'EPIPE')),
    },
    { requiredKeys: [] },
  );

  it('nothing that may have been accepted is failed or repeated', () => {
    fc.assert(
      fc.property(anyFailure, (failure) => {
        const mayBeAccepted =
          failure.httpStatus !== undefined && (failure.httpStatus < 400 || failure.httpStatus >= 500);
        fc.pre(mayBeAccepted);
        expect(classifySesError(failure).kind).toBe('doubtful');
      }),
    );
  });

  it('the code is a plain word: no address, no space, no line', () => {
    fc.assert(
      fc.property(anyFailure, (failure) => {
        const outcome = classifySesError(failure);
        expect(outcome.kind === 'accepted' ? '' : outcome.code).toMatch(/^[A-Za-z][A-Za-z0-9_]{1,63}$/);
      }),
    );
  });
});
