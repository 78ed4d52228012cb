import { TankError } from '../errors.ts';
import { MAX_MAIL_BYTES, type OutgoingMail } from '../mail.ts';
import type { Outcome } from '../outcome.ts';
import { type MailPlan, type OwnFields, planMail } from './compose.ts';

export type Prepared =
  | { readonly ok: true; readonly plan: MailPlan }
  | { readonly ok: false; readonly outcome: Outcome };

/** What every transport does first: a mail that cannot be sent, or is too large, is refused before any call. */
export const prepareMail = (mail: OutgoingMail, now: number, ownFields: OwnFields = {}): Prepared => {
  try {
    const plan = planMail(mail, now, ownFields);
    if (plan.size <= MAX_MAIL_BYTES) return { ok: true, plan };
    return { ok: false, outcome: { kind: 'rejected', fault: 'content', code: 'mail_too_large' } };
  } catch (fault) {
    return { ok: false, outcome: outcomeOf(fault) };
  }
};

const outcomeOf = (fault: unknown): Outcome => {
  const code = fault instanceof TankError ? fault.code : 'internal';
  return code === 'address_invalid'
    ? { kind: 'rejected', fault: 'recipient', code }
    : { kind: 'stopped', code };
};
