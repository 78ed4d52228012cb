import { TankError } from './errors.ts';

/** SQS's own limits, kept by every queue: what one takes, all take. */
export const BODY_BYTES = 1_048_576;
const DELAY_SECONDS = 900;
/** XML 1.0 characters, as SQS says in SendMessage: no control signs, no lone surrogates, no U+FFFE or U+FFFF. */
const TRANSPORTABLE = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]+$/u;

/** Throws before anything is sent, so that a fault in one message sends none. */
export const checkMessage = (body: string, delaySeconds: number): void => {
  const reason = messageFault(body, delaySeconds);
  if (reason) throw new TankError('invalid_message', { reason });
};

const messageFault = (body: string, delaySeconds: number): string | undefined => {
  if (body === '') return 'it is empty';
  if (Buffer.byteLength(body) > BODY_BYTES) return `it exceeds ${BODY_BYTES} bytes`;
  if (!TRANSPORTABLE.test(body)) return 'it holds a character that a queue does not carry';
  if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > DELAY_SECONDS)
    return `its delay is not a whole number from 0 to ${DELAY_SECONDS}`;
  return undefined;
};
