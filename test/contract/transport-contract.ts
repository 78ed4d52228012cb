import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_MAIL_BYTES, type OutgoingMail } from '../../shared/domain/mail.ts';
import type { Transport } from '../../shared/ports/transport.ts';
import { attachmentOf } from '../unit/mime-mails.ts';
import { never, newMail } from './transport-mails.ts';

/** A transport together with the other side, which knows what really arrived. */
export interface TransportUnderTest {
  readonly transport: Transport;
  /** Every mail that arrived, as its bytes, in any order. */
  arrived(): Promise<readonly Buffer[]>;
  stop(): Promise<void>;
}

/** What every transport owes, whatever stands behind it. */
export const describeTransport = (name: string, open: () => Promise<TransportUnderTest>): void => {
  describe(`the transport ${name}`, () => {
    let subject: TransportUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.stop());

    const arrivedOf = async (mail: OutgoingMail): Promise<Buffer[]> =>
      (await subject.arrived()).filter((bytes) =>
        bytes.includes(`\r\nX-Tank-Attempt-Id: ${mail.attemptId}\r\n`),
      );

    it('delivers a mail whole, with Korean names and files', async () => {
      const file = Buffer.from(Array.from({ length: 10_000 }, (_, i) => i % 251));
      const mail = newMail({
        attachments: [attachmentOf('거래명세서.pdf', file), attachmentOf('two.pdf', file.subarray(1))],
      });
      const outcome = await subject.transport.send(mail, never());
      expect(outcome).toEqual({ kind: 'accepted', messageId: expect.stringMatching(/.+/) });
      const [bytes, ...more] = await arrivedOf(mail);
      expect(more).toEqual([]);
      const read = await simpleParser(bytes ?? '');
      expect(read.subject).toBe(mail.subject);
      expect(read.from?.value).toEqual([{ name: '탱크은행', address: 'no-reply@example.com' }]);
      expect(read.attachments.map(({ filename }) => filename)).toEqual(['거래명세서.pdf', 'two.pdf']);
      expect(read.attachments[0]?.content.equals(file)).toBe(true);
      expect(read.attachments[1]?.content.equals(file.subarray(1))).toBe(true);
    });

    it('delivers mails side by side, each once, under one signal', async () => {
      const mails = Array.from({ length: 40 }, () => newMail());
      const signal = never();
      const outcomes = await Promise.all(mails.map((mail) => subject.transport.send(mail, signal)));
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['accepted']));
      for (const mail of mails) expect(await arrivedOf(mail)).toHaveLength(1);
    });

    it('gives each mail an id of its own', async () => {
      const outcomes = await Promise.all(
        [newMail(), newMail()].map((mail) => subject.transport.send(mail, never())),
      );
      const ids = outcomes.map((outcome) => outcome.kind === 'accepted' && outcome.messageId);
      expect(new Set(ids).size).toBe(2);
    });

    it.each([
      [
        'an address that is none',
        { to: 'nobody' },
        { kind: 'rejected', fault: 'recipient', code: 'address_invalid' },
      ],
      [
        'an address with a second one in it',
        { to: 'a@example.com\r\nBcc: mallory@example.com' },
        { kind: 'rejected', fault: 'recipient' },
      ],
      [
        'a local part longer than 64',
        { to: `${'a'.repeat(65)}@example.com` },
        { kind: 'rejected', fault: 'recipient' },
      ],
      ['a sender that is none', { from: 'nobody' }, { kind: 'stopped', code: 'invalid_definition' }],
      [
        'a header that adds a recipient',
        { headers: { Bcc: 'mallory@example.com' } },
        { kind: 'stopped', code: 'invalid_definition' },
      ],
    ])('refuses %s without a call', async (_, changes, expected) => {
      const before = (await subject.arrived()).length;
      expect(await subject.transport.send(newMail(changes), never())).toMatchObject(expected);
      expect(await subject.arrived()).toHaveLength(before);
    });

    it('refuses more than its limit without a call', async () => {
      const mail = newMail({
        attachments: [attachmentOf('big.pdf', Buffer.alloc(Math.ceil((MAX_MAIL_BYTES * 3) / 4)))],
      });
      expect(await subject.transport.send(mail, never())).toEqual({
        kind: 'rejected',
        fault: 'content',
        code: 'mail_too_large',
      });
      expect(await arrivedOf(mail)).toEqual([]);
      expect((await subject.transport.limits()).maxMailBytes).toBe(MAX_MAIL_BYTES);
    });

    it('sends nothing once the signal is aborted, and is certain of it', async () => {
      const mail = newMail();
      expect(await subject.transport.send(mail, AbortSignal.abort())).toMatchObject({ kind: 'unreached' });
      expect(await arrivedOf(mail)).toEqual([]);
    });

    it('tells of attempts as its kind of evidence allows', async () => {
      const mail = newMail();
      const outcome = await subject.transport.send(mail, never());
      const answers = await subject.transport.lookup([mail.attemptId, 'never-sent']);
      const canTell = subject.transport.evidence === 'lookup';
      const messageId = outcome.kind === 'accepted' ? outcome.messageId : '';
      expect(answers.get(mail.attemptId)).toEqual(
        canTell ? { kind: 'accepted', messageId } : { kind: 'unknown' },
      );
      expect(answers.get('never-sent')).toEqual({ kind: canTell ? 'absent' : 'unknown' });
    });
  });
};
