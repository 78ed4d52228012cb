import { ERRORS, type ErrorCode, type Facts } from '../../shared/domain/errors.ts';
import type { SendPayload } from '../../shared/domain/payload.ts';
import type { Fault, PlannedSend } from '../../shared/ports/ledger.ts';

/** A target row on its way to becoming a send. Checks may take it out, never put it back. */
export interface Recipient {
  readonly key: string;
  readonly keyHash: string;
  readonly occurrence: number;
  readonly address: string;
  readonly addressHash: string;
  readonly addressMasked: string;
  readonly domain: string;
  readonly row: SendPayload['row'];
  files: SendPayload['files'];
  state: PlannedSend['state'];
  fault?: Fault;
}

/** Whom the run mails, and whom it may mail once a person has decided: every check is for both. */
export const openOf = (recipients: readonly Recipient[]): readonly Recipient[] =>
  recipients.filter(({ state }) => state === 'pending' || state === 'held');

export const takeOut = (
  recipient: Recipient,
  state: Exclude<Recipient['state'], 'pending'>,
  code: ErrorCode,
  facts: Facts = {},
): void => {
  recipient.state = state;
  recipient.fault = { code, class: ERRORS[code].class, facts };
};
