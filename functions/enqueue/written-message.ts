import { ADDRESS_FAULTS, parseAddress } from '../../shared/domain/address.ts';
import type { ClientMail } from '../../shared/domain/client-mail.ts';
import { attachmentsOf, bodiesOf } from '../../shared/domain/client-mail.ts';
import { type FieldFault, type Language, TankError, toTankError } from '../../shared/domain/errors.ts';
import { fillFaultText } from '../../shared/domain/fault-text.ts';
import { MAX_MAIL_BYTES } from '../../shared/domain/mail.ts';
import { parseMailbox } from '../../shared/domain/mime/address.ts';
import { mailSize } from '../../shared/domain/mime/compose.ts';
import { messageFault } from '../../shared/domain/mime-in/fault.ts';
import { readMail } from '../../shared/domain/mime-in/read-mail.ts';
import type { MessageBody } from '../../shared/wire/messages-api.ts';
import { RawBody } from '../../shared/wire/raw-body.ts';

/** What a client wants sent, known to be such that the composer takes it. */
export interface WrittenMessage {
  readonly mail: ClientMail;
  readonly recipients: readonly string[];
  /** Bare addresses that it claims to come from. */
  readonly senders: readonly string[];
  readonly removed: readonly string[];
}

export const writtenMessage = (body: MessageBody | RawBody, language: Language): WrittenMessage => {
  const { mail, recipients, removed } =
    body instanceof RawBody ? readMail(body.bytes) : fromJson(body, language);
  const written = { mail, recipients, removed, senders: sendersOf(mail, language) };
  demandComposable(written);
  return written;
};

const fromJson = ({ to, replyTo, text, html, attachments, ...rest }: MessageBody, language: Language) => {
  const faults: FieldFault[] = [];
  const recipients = [to].flat().flatMap((address, index) => {
    const parsed = parseAddress(address);
    if (parsed.ok) return [parsed.address];
    const field = typeof to === 'string' ? 'to' : `to.${index}`;
    faults.push({ field, problem: fillFaultText(ADDRESS_FAULTS[parsed.fault], {}, language) });
    return [];
  });
  if (faults.length > 0) throw new TankError('invalid_request', {}, { fields: faults });
  const mail: ClientMail = {
    ...rest,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    attachments: attachments.map(({ content, ...about }) => ({
      ...about,
      content: Buffer.from(content, 'base64'),
    })),
  };
  return { mail, recipients: [...new Set(recipients)], removed: [] };
};

const WRONG_MAILBOX = { en: 'It is not one address, with or without a name.', ko: '주소 하나여야 합니다.' };

const sendersOf = ({ from, replyTo }: ClientMail, language: Language): string[] =>
  Object.entries({ from, replyTo }).flatMap(([field, text]) => {
    if (text === undefined) return [];
    try {
      const { address } = parseMailbox(text);
      return field === 'from' ? [address] : [];
    } catch {
      throw new TankError('invalid_request', {}, { fields: [{ field, problem: WRONG_MAILBOX[language] }] });
    }
  });

/** What the composer would refuse is refused now, while somebody is there to hear it. */
const demandComposable = ({ mail, recipients }: WrittenMessage): void => {
  const { from, replyTo, subject, headers } = mail;
  const trial = { attemptId: 'trial', runId: 'trial', from, subject, headers, tags: {} };
  const parts = { ...bodiesOf(mail), attachments: attachmentsOf('trial', mail) };
  for (const to of recipients) {
    const size = sizeOf({ ...trial, ...parts, to, ...(replyTo === undefined ? {} : { replyTo }) });
    if (size > MAX_MAIL_BYTES) throw messageFault('too_large');
  }
};

const sizeOf = (mail: Parameters<typeof mailSize>[0]): number => {
  try {
    return mailSize(mail, 0);
  } catch (thrown) {
    const { code } = toTankError(thrown);
    if (code === 'invalid_definition') throw messageFault('header_not_allowed');
    if (code === 'address_invalid') throw messageFault('address');
    throw thrown;
  }
};
