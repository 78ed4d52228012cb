import { isCertificateFault } from './classify-certificate.ts';
import type { Outcome } from './outcome.ts';

/** What is known of a failed call to SES: of an answer its status, name and message, of a broken wire its code. */
export interface SesFailure {
  /** The exception's name, for example `TooManyRequestsException`. */
  readonly name?: string;
  /** Looked at, never passed on: it can hold addresses. */
  readonly message?: string;
  /** None: no answer came. */
  readonly httpStatus?: number;
  /** The system's word, for example `ECONNRESET`. */
  readonly code?: string;
  /** True only when it is certain that no byte of the request left: the connection was never made. */
  readonly unsent?: boolean;
}

const STOPPING = new Set([
  'AccountSuspendedException',
  'SendingPausedException',
  'AccountSendingPausedException',
  'ConfigurationSetSendingPausedException',
  'MailFromDomainNotVerifiedException',
  'MailFromDomainNotVerified',
  'NotFoundException',
  'ConfigurationSetDoesNotExistException',
  'ConfigurationSetDoesNotExist',
]);
const CREDENTIALS =
  /^(UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|ExpiredToken|RequestExpired|RequestTimeTooSkewed|MissingAuthenticationToken|AccessDenied|NotAuthorized|OptInRequired|UnauthorizedOperation|CredentialsProviderError)(Exception)?$/;
const THROTTLING = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'LimitExceededException',
  'RequestThrottledException',
]);
const UNREACHED = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);
/** SES names an address fault only in words. */
const ADDRESS_FAULT =
  /address|recipient|local part|domain (contains|ends|starts|name)|missing final|user name is missing|illegal semicolon/i;

/** FACTS of SES as a closed table: what is not known to be harmless is in doubt. */
export const classifySesError = (failure: SesFailure): Outcome => {
  const code = codeOf(failure);
  if (failure.httpStatus === undefined) return classifyBrokenCall(failure, code);
  if (failure.httpStatus < 400 || failure.httpStatus >= 500) return { kind: 'doubtful', code };
  return classifyRefusal(failure, failure.httpStatus, code);
};

const classifyBrokenCall = (failure: SesFailure, code: string): Outcome => {
  if (CREDENTIALS.test(failure.name ?? '') || isCertificateFault(failure.code))
    return { kind: 'stopped', code };
  const unreached = failure.unsent === true || UNREACHED.has(failure.code ?? '');
  return { kind: unreached ? 'unreached' : 'doubtful', code };
};

const classifyRefusal = (failure: SesFailure, status: number, code: string): Outcome => {
  const { name = '', message = '' } = failure;
  if (/daily message quota exceeded/i.test(message)) return { kind: 'quota', code };
  if (THROTTLING.has(name) || /maximum sending rate exceeded/i.test(message))
    return { kind: 'throttled', code };
  if (STOPPING.has(name) || CREDENTIALS.test(name)) return { kind: 'stopped', code };
  if (name === 'MessageRejected' || name === 'MessageRejectedException')
    return classifyRejection(message, code);
  if (name === 'BadRequestException' || name === 'ValidationException') {
    return { kind: 'rejected', fault: ADDRESS_FAULT.test(message) ? 'recipient' : 'content', code };
  }
  return name === '' ? classifyBareStatus(status, code) : { kind: 'doubtful', code };
};

const classifyRejection = (message: string, code: string): Outcome =>
  /not verified/i.test(message) ? { kind: 'stopped', code } : { kind: 'rejected', fault: 'content', code };

/** Answers without a name come from what stands before SES: proxies, gateways. These four say that nothing was done. */
const classifyBareStatus = (status: number, code: string): Outcome => {
  if (status === 401 || status === 403 || status === 407) return { kind: 'stopped', code };
  if (status === 413) return { kind: 'rejected', fault: 'content', code };
  return status === 429 ? { kind: 'throttled', code } : { kind: 'doubtful', code };
};

/** Names come from the wire: only what looks like one is passed on, for a log must not carry what a peer invents. */
const codeOf = ({ name, code, httpStatus }: SesFailure): string => {
  const status = httpStatus === undefined ? undefined : `http_${httpStatus}`;
  return wordOf(code) ?? wordOf(name) ?? status ?? 'unknown';
};

const wordOf = (text: string | undefined): string | undefined =>
  text !== undefined && /^[A-Za-z][A-Za-z0-9_]{1,63}$/.test(text) && text !== 'Error' ? text : undefined;
