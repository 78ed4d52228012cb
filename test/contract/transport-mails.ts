import type { OutgoingMail } from '../../shared/domain/mail.ts';
import { mailOf } from '../unit/mime-mails.ts';

export const realClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
};

export const never = () => new AbortController().signal;

let serial = 0;
/** A mail with an attempt id of its own. */
export const newMail = (changes: Partial<OutgoingMail> = {}): OutgoingMail => {
  serial += 1;
  return mailOf({ attemptId: `t${process.pid}x${serial}`, ...changes });
};
