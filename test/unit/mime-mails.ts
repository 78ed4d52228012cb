import { createHash } from 'node:crypto';
import type { MailAttachment, OutgoingMail } from '../../shared/domain/mail.ts';
import { planMail, spliceMail } from '../../shared/domain/mime/compose.ts';
import { Encodings } from '../../shared/domain/mime/encodings.ts';

export const NOW = Date.UTC(2026, 2, 5, 8, 30);

export const attachmentOf = (fileName: string, content: Uint8Array): MailAttachment => ({
  fileName,
  contentType: 'application/pdf',
  content,
  sha256: createHash('sha256').update(content).digest('hex'),
});

export const mailOf = (changes: Partial<OutgoingMail> = {}): OutgoingMail => ({
  attemptId: 'a0000000000000000001',
  runId: 'r0000000000000000001',
  from: '탱크은행 <no-reply@example.com>',
  to: 'kim@example.com',
  subject: '김철수 고객님 3월 거래명세서',
  html: Buffer.from('<p>김철수 고객님, 잔액 1,000원</p>'),
  text: Buffer.from('김철수 고객님, 잔액 1,000원'),
  attachments: [],
  headers: {},
  tags: {},
  ...changes,
});

export const compose = (mail: OutgoingMail, encodings = new Encodings()): Buffer =>
  Buffer.concat(spliceMail(planMail(mail, NOW), encodings));
