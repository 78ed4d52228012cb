import { subtypeOfStatus } from '../../shared/domain/dsn/read-dsn.ts';
import { attemptId } from '../../shared/domain/identifiers.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import { takeInFeedback } from '../../shared/use-cases/take-in-feedback.ts';
import type { ReadyMail } from './compose-mail.ts';
import type { Rolling } from './rolling.ts';

/** Without a status of RFC 3463, a refused recipient is what such a reply has meant since RFC 821: no such mailbox. */
const NO_MAILBOX = '5.1.1';

/** A recipient that a relay refuses within the call is a bounce that came at once: it counts like every other. */
export const reportRejection = async (
  { ports, transport }: Rolling,
  { sendId, call, mail }: ReadyMail,
  outcome: Outcome,
): Promise<void> => {
  if (transport.evidence === 'events' || outcome.kind !== 'rejected' || outcome.fault !== 'recipient') return;
  const attempt = attemptId(sendId, call);
  await takeInFeedback(ports, [
    {
      type: 'Bounce',
      subtype: subtypeOfStatus(/\b5\.\d{1,3}\.\d{1,3}\b/.exec(outcome.code)?.[0] ?? NO_MAILBOX),
      messageId: attempt,
      attemptId: attempt,
      recipients: [mail.to],
      destination: [mail.to],
      source: 'smtp',
      raw: { code: outcome.code },
    },
  ]);
};
