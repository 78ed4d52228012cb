import { describeError, type Language } from '../domain/errors.ts';
import { OPEN_STATES } from '../domain/send-states.ts';
import type { SendRecord } from '../ports/ledger.ts';
import type { StoredMessage } from '../ports/messages.ts';

/** A message as its client sees it: each of its mails, with the address masked as everywhere. */
export const describeMessage = (
  { id, createdAt }: StoredMessage,
  sends: readonly SendRecord[],
  language: Language,
) => ({
  message: id,
  createdAt: toTime(createdAt),
  settled: sends.every(({ state }) => !OPEN_STATES.some((open) => open === state)),
  recipients: sends.map((send) => ({
    send: send.id,
    address: send.addressMasked,
    state: send.state,
    delivery: send.delivery,
    attempts: send.attempts,
    ...(send.messageId === undefined ? {} : { messageId: send.messageId }),
    ...(send.settledAt === undefined ? {} : { settledAt: toTime(send.settledAt) }),
    ...(send.fault ? { fault: describeFault(send.fault, language) } : {}),
  })),
});

const toTime = (at: number): string => new Date(at).toISOString();

const describeFault = (
  { code, class: errorClass, facts }: NonNullable<SendRecord['fault']>,
  language: Language,
) => ({
  code,
  class: errorClass,
  detail: describeError(code, facts, language),
  facts: { ...facts },
});
