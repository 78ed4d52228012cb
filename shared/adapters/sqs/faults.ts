import { TankError } from '../../domain/errors.ts';

const REFUSED = 'it refuses the credentials; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or the role';
const SILENT = 'nothing answers at its address; check AWS_ENDPOINT_URL_SQS, the region and the way out';
const LACKS_RIGHT =
  'a right is missing; the role needs sqs:SendMessage, ReceiveMessage, DeleteMessage, ChangeMessageVisibility, GetQueueUrl and GetQueueAttributes, and the right to the key of an encrypted queue';

/** What the names of the SDK and of the network mean, and what to do about it. */
const KNOWN: Readonly<Record<string, string>> = {
  AccessDenied: LACKS_RIGHT,
  AccessDeniedException: LACKS_RIGHT,
  'AWS.SimpleQueueService.AccessDenied': LACKS_RIGHT,
  KmsAccessDenied: LACKS_RIGHT,
  CredentialsProviderError:
    'it finds no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role',
  ExpiredToken: REFUSED,
  InvalidClientTokenId: REFUSED,
  InvalidSecurity: REFUSED,
  SignatureDoesNotMatch: REFUSED,
  UnrecognizedClientException: REFUSED,
  ECONNREFUSED: SILENT,
  ENOTFOUND: SILENT,
  EAI_AGAIN: SILENT,
  ETIMEDOUT: SILENT,
  TimeoutError: SILENT,
  QueueDoesNotExist: 'the queue is gone; it is made anew where the right sqs:CreateQueue is given',
  OverLimit: 'too many messages are in flight',
  RequestThrottled: 'it asks to slow down',
};

/** Names only: an SDK message may quote what was sent. */
export const sqsUnavailable = (code: string, cause?: unknown): TankError => {
  const meaning = KNOWN[code];
  const reason = meaning ? `SQS: ${meaning} (${code})` : `SQS: ${code}`;
  return new TankError('store_unavailable', { reason }, cause === undefined ? {} : { cause });
};

/** Whatever the SDK throws, the store behind the queue still holds the work: defer. */
export const toTankFault = (thrown: unknown): TankError =>
  thrown instanceof TankError ? thrown : sqsUnavailable(nameOf(thrown), thrown);

/** Of a network fault the code says more than the name. */
const nameOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return 'unknown';
  return 'code' in thrown && typeof thrown.code === 'string' && thrown.code in KNOWN
    ? thrown.code
    : thrown.name;
};

export const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError';

/** Deleted, or of a broker that came back empty. */
export const isQueueGone = (thrown: unknown): boolean => {
  const cause = thrown instanceof TankError ? thrown.cause : thrown;
  return cause instanceof Error && cause.name === 'QueueDoesNotExist';
};
