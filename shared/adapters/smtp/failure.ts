import {
  classifySmtpBreak,
  classifySmtpReply,
  readSmtpReply,
  type SmtpPhase,
} from '../../domain/classify-smtp.ts';
import type { Outcome } from '../../domain/outcome.ts';

/** What nodemailer tells of a failed command or a lost connection. */
interface SmtpFault extends Error {
  readonly code?: string;
  /** The system's code, before nodemailer put its own in its place. */
  readonly originalCode?: string;
  readonly response?: string;
  readonly responseCode?: number;
  readonly command?: string;
}

const PHASES: Readonly<Record<string, SmtpPhase>> = { 'MAIL FROM': 'mail', 'RCPT TO': 'recipient' };

/** A fault before the conversation was open for mail. */
export const classifyOpening = (fault: unknown, phase: 'connect' | 'auth'): Outcome => {
  const { response, responseCode, originalCode, code } = asSmtpFault(fault);
  if (response && responseCode) return classifySmtpReply(readSmtpReply(response, phase));
  return classifySmtpBreak({ code: originalCode ?? code ?? 'unknown', phase });
};

/** A fault of a mail; `dotSent`: its last byte may be at the server. */
export const classifySending = (fault: unknown, dotSent: boolean): Outcome => {
  const { code, originalCode, response, responseCode, command } = asSmtpFault(fault);
  // A reply that came with the connection's end may be cut, or answer something else: only whole replies to DATA count.
  const isReply = response !== undefined && responseCode !== undefined && !(command === 'CONN' && dotSent);
  if (isReply) return classifySmtpReply(readSmtpReply(response, phaseOf(command, code)));
  if (code === 'EMESSAGE' && !dotSent) return { kind: 'rejected', fault: 'content', code: 'size_of_relay' };
  return classifySmtpBreak({ code: originalCode ?? code ?? 'unknown', phase: dotSent ? 'message' : 'data' });
};

const phaseOf = (command: string | undefined, code: string | undefined): SmtpPhase =>
  PHASES[command ?? ''] ?? (code === 'EMESSAGE' ? 'message' : 'data');

const asSmtpFault = (fault: unknown): Partial<SmtpFault> => (fault instanceof Error ? fault : {});
