/**
 * The baseline, in a process of its own: a bare loop of SendEmail with ready-made content, `concurrency` at once.
 *   tsx sdk-loop.ts URL CALLS CONCURRENCY BYTES stock|lean
 * stock: the SDK's own client · lean: Tank's transport on the same mail, rendered beforehand.
 */
import { Agent } from 'node:http';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { createSesTransport } from '../../../shared/adapters/ses/transport.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { attachmentOf, compose, mailOf } from '../../unit/mime-mails.ts';

const [, , url = '', calls = '0', concurrency = '1', bytes = '0', client = 'stock'] = process.argv;
const region = 'ap-northeast-2';
const html = Buffer.from('<p>고객님, 안녕하세요. 3월 거래명세서를 보내 드립니다.</p>'.repeat(6));
const attachments =
  Number(bytes) > 0 ? [attachmentOf('statement.pdf', Buffer.alloc(Number(bytes), '%PDF-1.5 '))] : [];

const stock = (): ((id: string) => Promise<boolean>) => {
  const agent = new Agent({ keepAlive: true, maxSockets: Number(concurrency) });
  const sdk = new SESv2Client({
    region,
    endpoint: url,
    maxAttempts: 1,
    requestHandler: { httpAgent: agent },
  });
  const ready = compose(mailOf({ attemptId: 'ready', html, attachments }));
  return async () => {
    const command = new SendEmailCommand({
      FromEmailAddress: 'no-reply@example.com',
      Destination: { ToAddresses: ['kim@example.com'] },
      ConfigurationSetName: 'tank',
      EmailTags: [{ Name: 'tank-attempt-id', Value: 'ready' }],
      Content: { Raw: { Data: ready } },
    });
    return (await sdk.send(command)).MessageId !== undefined;
  };
};

const lean = (): ((id: string) => Promise<boolean>) => {
  const transport = createSesTransport({ region, endpoint: url, configurationSet: 'tank' }, systemClock);
  const never = new AbortController().signal;
  return async (attemptId) =>
    (await transport.send(mailOf({ attemptId, html, attachments }), never)).kind === 'accepted';
};

const call = client === 'lean' ? lean() : stock();
const loop = async (total: number): Promise<void> => {
  let left = total;
  let failed = 0;
  const lane = async () => {
    for (; left > 0; ) {
      left -= 1;
      if (!(await call(`loop-${left}`))) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: Number(concurrency) }, lane));
  if (failed > 0) throw new Error(`${failed} of ${total} were not accepted`);
};

await loop(Math.ceil(Number(calls) / 5));
const [cpu, startedAt] = [process.cpuUsage(), performance.now()];
await loop(Number(calls));
const { user, system } = process.cpuUsage(cpu);
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  JSON.stringify({ perSecond: Number(calls) / seconds, cpuMs: (user + system) / 1000 / Number(calls) }),
);
process.exit(0);
