/** Splicing against nodemailer's MailComposer, each with one attachment of 100 KB: node --import tsx test/bench/mime.bench.ts */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailAttachment, OutgoingMail } from '../../shared/domain/mail.ts';
import { planMail, spliceMail, spliceMailAsBase64 } from '../../shared/domain/mime/compose.ts';
import { Encodings } from '../../shared/domain/mime/encodings.ts';
import { attachmentOf, mailOf, NOW } from '../unit/mime-mails.ts';

const ROUNDS = 5;
const content = randomBytes(100 * 1024);
const shared = attachmentOf('거래명세서.pdf', content);
const html = Buffer.from('<p>김철수 고객님, 잔액 1,000원</p>'.repeat(60));
let serial = 0;
const nextMail = (attachments: readonly MailAttachment[]): OutgoingMail => {
  serial += 1;
  return mailOf({ attemptId: `a${serial}`, to: `u${serial}@example.com`, html, attachments });
};
const ownFile = (): MailAttachment => ({ ...shared, sha256: `own${serial}` });

const encodings = new Encodings();
const composeWithNodemailer = async (mail: OutgoingMail): Promise<number> => {
  const composer = new MailComposer({
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    html: Buffer.from(mail.html),
    text: Buffer.from(mail.text),
    attachments: mail.attachments.map((file) => ({
      filename: file.fileName,
      content: Buffer.from(file.content),
    })),
  });
  const stream = composer.compile().createReadStream();
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
  });
  await once(stream, 'end');
  return size;
};

const CASES: readonly (readonly [string, number, () => unknown])[] = [
  ['nodemailer MailComposer, 100 KB', 150, () => composeWithNodemailer(nextMail([shared]))],
  [
    'spliced, 100 KB shared by the run',
    10_000,
    () => spliceMail(planMail(nextMail([shared]), NOW), encodings),
  ],
  ['spliced, 100 KB of one’s own', 600, () => spliceMail(planMail(nextMail([ownFile()]), NOW), encodings)],
  [
    'spliced as base64 (SES), 100 KB shared',
    10_000,
    () => spliceMailAsBase64(planMail(nextMail([shared]), NOW), encodings),
  ],
  [
    'spliced as base64 (SES), 100 KB of one’s own',
    400,
    () => spliceMailAsBase64(planMail(nextMail([ownFile()]), NOW), encodings),
  ],
  ['nodemailer MailComposer, no attachment', 500, () => composeWithNodemailer(nextMail([]))],
  ['spliced, no attachment', 10_000, () => spliceMail(planMail(nextMail([]), NOW), encodings)],
];

const perSecond = async (times: number, work: () => unknown): Promise<number> => {
  const start = performance.now();
  for (let i = 0; i < times; i += 1) await work();
  return (times / (performance.now() - start)) * 1000;
};
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

for (const [name, times, work] of CASES) {
  await perSecond(times, work);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rates.push(await perSecond(times, work));
  console.log(`${name.padEnd(48)} ${Math.round(median(rates)).toLocaleString('en').padStart(8)} mails/s`);
}
