/**
 * What a mail costs on its way out, each transport beside its baseline in the same run:
 *   node --import tsx test/bench/transport.bench.ts [ses] [stand-in] [outbox] [smtp]
 * The stand-in for SES runs in its own process and answers after 1 ms; CPU is that of this process alone.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmailContent, SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { createOutboxTransport } from '../../shared/adapters/outbox/transport.ts';
import { createSesTransport } from '../../shared/adapters/ses/transport.ts';
import { createSmtpTransport } from '../../shared/adapters/smtp/transport.ts';
import type { MailAttachment } from '../../shared/domain/mail.ts';
import type { Transport } from '../../shared/ports/transport.ts';
import { startRelay } from '../contract/smtp-relay.ts';
import { never, realClock } from '../contract/transport-mails.ts';
import { startSesStandIn } from '../fixtures/ses-stand-in/start.ts';
import { attachmentOf, compose, mailOf } from '../unit/mime-mails.ts';

const CONCURRENCY = 64;
const ROUNDS = 3;
const file = attachmentOf('거래명세서.pdf', randomBytes(100 * 1024));
const html = Buffer.from('<p>김철수 고객님, 잔액 1,000원</p>'.repeat(60));
let serial = 0;
const nextId = () => {
  serial += 1;
  return `b${serial}`;
};

interface Figure {
  readonly perSecond: number;
  readonly cpuMs: number;
}

/** So many calls, as many at once as given; the median of the rounds after one to warm up. */
const measure = async (
  name: string,
  calls: number,
  call: () => Promise<boolean>,
  atOnce = CONCURRENCY,
): Promise<Figure> => {
  const round = async (): Promise<Figure> => {
    let left = calls;
    let failed = 0;
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    const lane = async () => {
      while (left > 0) {
        left -= 1;
        if (!(await call())) failed += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    if (failed > 0) throw new Error(`${name}: ${failed} of ${calls} were not accepted`);
    const { user, system } = process.cpuUsage(cpu);
    return { perSecond: (calls / (performance.now() - start)) * 1000, cpuMs: (user + system) / 1000 / calls };
  };
  await round();
  const figures: Figure[] = [];
  for (let i = 0; i < ROUNDS; i += 1) figures.push(await round());
  const median = figures.sort((a, b) => a.perSecond - b.perSecond)[Math.floor(ROUNDS / 2)] as Figure;
  const rate = Math.round(median.perSecond).toLocaleString('en').padStart(7);
  console.log(`${name.padEnd(56)} ${rate} mails/s  ${median.cpuMs.toFixed(3)} ms CPU a mail`);
  return median;
};

const through = (transport: Transport, attachments: () => readonly MailAttachment[]) => {
  const signal = never();
  return async () =>
    (await transport.send(mailOf({ attemptId: nextId(), html, attachments: attachments() }), signal)).kind ===
    'accepted';
};

const benchSes = async (): Promise<void> => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'made-up-secret';
  const standIn = await startSesStandIn({ settings: { latencyMs: 1 } });
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const sdk = new SESv2Client({
    region: 'ap-northeast-2',
    endpoint: standIn.url,
    maxAttempts: 1,
    requestHandler: { httpAgent: agent },
  });
  const [lean, stock] = (['lean', 'stock'] as const).map((client) =>
    createSesTransport(
      { region: 'ap-northeast-2', endpoint: standIn.url, configurationSet: 'tank', client },
      realClock,
    ),
  ) as [Transport, Transport];
  const ownFile = (): MailAttachment => ({ ...file, sha256: nextId() });
  for (const [what, attachments, calls] of [
    ['no attachment', () => [], 4_000],
    ['100 KB shared', () => [file], 1_000],
    ['100 KB of one’s own', () => [ownFile()], 1_000],
  ] as const) {
    const ready = compose(mailOf({ attemptId: 'ready', html, attachments: attachments() }));
    const bareCall = (content: EmailContent) => async () => {
      const command = new SendEmailCommand({
        FromEmailAddress: 'no-reply@example.com',
        Destination: { ToAddresses: ['kim@example.com'] },
        ConfigurationSetName: 'tank',
        EmailTags: [{ Name: 'tank-attempt-id', Value: 'ready' }],
        Content: content,
      });
      return (await sdk.send(command)).MessageId !== undefined;
    };
    const simple = {
      Subject: { Data: '김철수 고객님 3월 거래명세서', Charset: 'UTF-8' },
      Body: {
        Html: { Data: html.toString(), Charset: 'UTF-8' },
        Text: { Data: '잔액 1,000원', Charset: 'UTF-8' },
      },
      Attachments: attachments().map(({ fileName, content }) => ({
        FileName: fileName,
        RawContent: content,
      })),
    };
    const bare = await measure(
      `bare loop of the SDK, ready-made content, ${what}`,
      calls / 2,
      bareCall({ Raw: { Data: ready } }),
    );
    await measure(`bare loop of the SDK, content Simple, ${what}`, calls / 2, bareCall({ Simple: simple }));
    await measure(`transport ses, stock client, ${what}`, calls / 2, through(stock, attachments));
    const figure = await measure(`transport ses, lean client, ${what}`, calls, through(lean, attachments));
    console.log(
      `  lean / bare SDK: ${(figure.perSecond / bare.perSecond).toFixed(2)} × the rate, ${(figure.cpuMs / bare.cpuMs).toFixed(2)} × the CPU`,
    );
  }
  await Promise.all([lean.close(), stock.close()]);
  await standIn.stop();
};

/** The stand-in's own speed: ready-made requests, journal on disk, and as little client as there can be. */
const benchStandIn = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tank-bench-'));
  const standIn = await startSesStandIn({ journal: join(folder, 'journal') });
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const body = JSON.stringify({
    FromEmailAddress: 'no-reply@example.com',
    Destination: { ToAddresses: ['kim@example.com'] },
    EmailTags: [{ Name: 'tank-attempt-id', Value: 'ready' }],
    Content: { Raw: { Data: compose(mailOf({ attemptId: 'ready' })).toString('base64') } },
  });
  const call = () =>
    new Promise<boolean>((done, fail) => {
      const headers = { 'content-length': body.length };
      const sent = request(
        `${standIn.url}/v2/email/outbound-emails`,
        { method: 'POST', agent, headers },
        (answer) => {
          answer.resume().on('end', () => done(answer.statusCode === 200));
        },
      );
      sent.on('error', fail).end(body);
    });
  await measure('stand-in alone, journal synced before each answer', 10_000, call, 128);
  await standIn.stop();
  await rm(folder, { recursive: true });
};

const benchOutbox = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tank-bench-'));
  const outbox = createOutboxTransport(folder, realClock);
  await measure(
    'transport outbox, no attachment, synced',
    1_000,
    through(outbox, () => []),
  );
  await measure(
    'transport outbox, 100 KB, synced',
    500,
    through(outbox, () => [file]),
  );
  await rm(folder, { recursive: true });
};

const benchSmtp = async (): Promise<void> => {
  const relay = await startRelay();
  const smtp = createSmtpTransport({ url: relay.url, ca: relay.ca, maxConnections: 8 }, realClock);
  await measure(
    'transport smtp with STARTTLS, relay in this process',
    500,
    through(smtp, () => []),
  );
  await smtp.close();
  await relay.stop();
};

const BENCHES = { ses: benchSes, 'stand-in': benchStandIn, outbox: benchOutbox, smtp: benchSmtp };
const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench();
}
process.exit(0);
