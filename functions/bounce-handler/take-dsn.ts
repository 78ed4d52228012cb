import { ADDRESS, addressKey } from '../../shared/domain/address-key.ts';
import { eventsOfDsn, readDsn } from '../../shared/domain/dsn/read-dsn.ts';
import type { FeedbackEvent } from '../../shared/domain/feedback.ts';
import { ATTEMPT_PROOF, parseAttemptId } from '../../shared/domain/identifiers.ts';
import { type FeedbackPorts, takeInFeedback } from '../../shared/use-cases/take-in-feedback.ts';

export interface TakenReport {
  readonly recipients: number;
  readonly taken: number;
}

/** A mail out of a bounce mailbox. What is no report, or about nobody's mail, is passed over: anybody may write there. */
export const takeDsn = async (ports: FeedbackPorts, mail: string): Promise<TakenReport> => {
  const dsn = readDsn(mail);
  const told = dsn ? eventsOfDsn(dsn, mail) : [];
  const proved = await prove(ports, told, dsn?.attemptProof);
  await takeInFeedback(ports, proved);
  ports.runtime.log.info('dsn_read', { recipients: told.length, taken: proved.length });
  return { recipients: told.length, taken: proved.length };
};

/**
 * A report is signed by nobody, and a reader of one mail can name every attempt of its run: it counts when it brings
 * back what only the mail itself carried, names the address to which that very mail went, and for no other address.
 */
const prove = async (
  ports: FeedbackPorts,
  told: readonly FeedbackEvent[],
  proof: string | undefined,
): Promise<readonly FeedbackEvent[]> => {
  const hash = await (await ports.vault()).hasher();
  const genuine = told.filter(
    ({ attemptId }) => attemptId !== undefined && proof === hash(ATTEMPT_PROOF, attemptId),
  );
  const sendIds = genuine.flatMap((event) => sendOf(event) ?? []);
  if (sendIds.length === 0) return [];
  const origins = await (await ports.feedback()).originsOf(sendIds);
  const mailed = new Map(origins.map(({ sendId, addressHash }) => [sendId, addressHash]));
  return genuine.flatMap((event) => {
    const expected = mailed.get(sendOf(event) ?? '');
    const named = [...event.destination, ...event.recipients].find(
      (address) => hash(ADDRESS, addressKey(address)) === expected,
    );
    return named === undefined ? [] : [{ ...event, recipients: [named], destination: [named] }];
  });
};

const sendOf = ({ attemptId }: FeedbackEvent): string | undefined =>
  attemptId === undefined ? undefined : parseAttemptId(attemptId)?.sendId;
