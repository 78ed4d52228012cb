import { isCertificateFault } from './classify-certificate.ts';
import type { Outcome } from './outcome.ts';

/** How far a conversation had come when the reply came or the wire broke. `message`: the final dot may have left. */
export type SmtpPhase = 'connect' | 'auth' | 'mail' | 'recipient' | 'data' | 'message';

export interface SmtpReply {
  readonly code: number;
  /** RFC 3463, for example `5.1.1`. */
  readonly enhanced?: string;
  /** Looked at, never passed on: it can hold addresses. */
  readonly message?: string;
  readonly phase: SmtpPhase;
}

/** Authentication, or encryption, is missing or refused: true of every mail alike. */
const ACCESS_CODES = new Set([530, 534, 535, 538]);

/** A reply that was not the one hoped for. Before the dot nothing can have been taken, whatever the reply says. */
export const classifySmtpReply = (reply: SmtpReply): Outcome => {
  const code = codeOf(reply);
  if (reply.code >= 400 && reply.code < 500) return classifyTemporary(reply, code);
  if (reply.code >= 500 && reply.code < 600) return classifyPermanent(reply, code);
  return { kind: reply.phase === 'message' ? 'doubtful' : 'temporary', code };
};

const classifyTemporary = ({ message = '', phase }: SmtpReply, code: string): Outcome => {
  if (/daily message quota/i.test(message)) return { kind: 'quota', code };
  const slower =
    /maximum sending rate|throttl|too many (messages|connections|recipients|requests)|rate limit/i;
  if (slower.test(message)) return { kind: 'throttled', code };
  return { kind: phase === 'connect' ? 'unreached' : 'temporary', code };
};

const classifyPermanent = (reply: SmtpReply, code: string): Outcome => {
  const { message = '', enhanced = '', phase } = reply;
  if (ACCESS_CODES.has(reply.code) || phase === 'connect' || phase === 'auth')
    return { kind: 'stopped', code };
  if (reply.code === 503) return { kind: 'temporary', code };
  if (isTooLarge(reply)) return { kind: 'rejected', fault: 'content', code };
  if (phase === 'mail' || /not verified/i.test(message)) return { kind: 'stopped', code };
  const ofRecipient = phase === 'recipient' || /^5\.[12]\./.test(enhanced);
  return { kind: 'rejected', fault: ofRecipient ? 'recipient' : 'content', code };
};

/** 552 also says that a mailbox is full (5.2.2): that is the recipient's. */
const isTooLarge = ({ code, enhanced = '', message = '' }: SmtpReply): boolean =>
  /^5\.(3\.4|2\.3)$/.test(enhanced) ||
  (code === 552 && enhanced === '' && /size|too (large|big)/i.test(message));

/** A conversation that broke: by a closed socket, a time-out, an abort. */
export interface SmtpBreak {
  readonly code: string;
  readonly phase: SmtpPhase;
}

/** Only what comes after the dot may have been taken; before it, the server has nothing that it could deliver. */
export const classifySmtpBreak = ({ code, phase }: SmtpBreak): Outcome => {
  const word = /^[A-Za-z][A-Za-z0-9_]{1,63}$/.test(code) ? code : 'unknown';
  if (phase === 'message') return { kind: 'doubtful', code: word };
  if (isCertificateFault(code) || code === 'EAUTH') return { kind: 'stopped', code: word };
  return { kind: 'unreached', code: word };
};

/** The two codes of a reply's first line, `550 5.1.1`; numbers only. */
export const readSmtpReply = (response: string, phase: SmtpPhase): SmtpReply => {
  const match = /^(\d{3})[ -]?(?:([245]\.\d{1,3}\.\d{1,3})(?=\s|$))?/.exec(response);
  const enhanced = match?.[2];
  return { code: Number(match?.[1] ?? 0), ...(enhanced ? { enhanced } : {}), message: response, phase };
};

const codeOf = ({ code, enhanced }: SmtpReply): string => (enhanced ? `${code} ${enhanced}` : String(code));
