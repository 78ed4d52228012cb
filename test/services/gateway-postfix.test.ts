import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { startTcpProxy, type TcpProxy } from '../fixtures/tcp-proxy.ts';
import { type Bundle, type GatewayClient, gatewayClient, layOutGateway } from '../support/gateway.ts';
import { newMachine, type Started, scrapMachines, startTank } from '../support/tank.ts';
import { type Postfix, startPostfix } from './postfix-server.ts';

const EXAMPLES = join(import.meta.dirname, '../../docs/gateway');
const LONG = { timeout: 30_000, interval: 200 };

let postfix: Postfix;
let proxy: TcpProxy;
let daemon: Started;
let bundle: Bundle;
let client: GatewayClient;

beforeAll(async () => {
  await ensureBuilt();
  postfix = await startPostfix();
  proxy = await startTcpProxy({ host: '127.0.0.1', port: postfix.port });
  const machine = await newMachine({
    TANK_TRANSPORT: 'smtp',
    TANK_SMTP_URL: postfix.url.replace(String(postfix.port), String(proxy.port)),
    TANK_SMTP_CA_FILE: postfix.caFile,
    TANK_RETRY_MINUTES: '0,0,0',
    TANK_CALL_TIMEOUT_SECONDS: '5',
    TANK_LEASE_SECONDS: '20',
  });
  bundle = await layOutGateway(machine);
  daemon = await startTank(machine, ['serve']);
  client = gatewayClient(bundle);
}, 180_000);

afterAll(async () => {
  client?.close();
  await daemon?.stop();
  await proxy?.close();
  postfix?.stop();
  await scrapMachines();
}, 60_000);

const aMessage = (over: Record<string, unknown> = {}) => ({
  from: 'billing@example.com',
  to: 'kim@example.com',
  subject: 'Hi',
  text: 'Hello',
  ...over,
});

const post = async (over: Record<string, unknown> = {}): Promise<string> => {
  const { status, json } = await client.post(aMessage(over));
  expect(status).toBe(202);
  return String(json.message);
};

interface Recipient {
  readonly state: string;
  readonly delivery: string;
  readonly attempts: number;
  readonly fault?: { readonly code: string };
}

const recipient = async (id: string): Promise<Recipient | undefined> =>
  ((await client.get(id)).json.recipients as Recipient[])[0];

const settled = (id: string) => expect.poll(async () => (await client.get(id)).json.settled, LONG).toBe(true);

describe('through a real Postfix, over STARTTLS and with a password', () => {
  test.each([
    ['curl', 'sh', 'send.sh'],
    ['Python', 'python3', 'send.py'],
    ['Java', 'java', 'send.java'],
    ['Node', process.execPath, 'send.mjs'],
  ])('the example in %s reaches the mailbox', async (name, program, file) => {
    const args = [join(EXAMPLES, file), bundle.url, bundle.cert, bundle.key, bundle.ca, 'kim@example.com'];
    const answer = JSON.parse(execFileSync(program, args, { encoding: 'utf8', timeout: 60_000 }));
    expect(answer).toMatchObject({ recipients: 1 });
    await settled(answer.message);
    expect(await recipient(answer.message)).toMatchObject({ state: 'sent', attempts: 1 });
    const arrived = () => postfix.mails().filter((mail) => mail.includes(`\nSubject: ${name}\n`));
    await expect.poll(arrived, LONG).toHaveLength(1);
    expect(arrived()[0]).toContain(Buffer.from(`Sent by ${name}.`).toString('base64'));
    expect(arrived()[0]).toMatch(/\(using TLSv1\.[23] with cipher/);
    expect(postfix.log()).toContain('sasl_username=tank');
  });

  test('a refusal for good is a failure, and a bounce that came at once', async () => {
    const id = await post({ to: 'gone@example.com' });
    await settled(id);
    expect(await recipient(id)).toMatchObject({
      state: 'failed',
      delivery: 'bounced',
      fault: { code: 'recipient_rejected' },
    });
  });

  test('a refusal for now is tried again as the settings say', async () => {
    const id = await post({ to: 'busy@example.com' });
    await settled(id);
    expect(await recipient(id)).toMatchObject({
      state: 'failed',
      attempts: 4,
      fault: { code: 'transport_temporary' },
    });
  });

  test('what is larger than the relay takes is not even begun', async () => {
    const content = Buffer.alloc(300_000, 'a').toString('base64');
    const id = await post({ attachments: [{ fileName: 'a.txt', contentType: 'text/plain', content }] });
    await settled(id);
    expect(await recipient(id)).toMatchObject({ state: 'failed', fault: { code: 'mail_rejected' } });
  });

  test('a hundred mails share a few conversations', async () => {
    const before = postfix.log().match(/connect from/g)?.length ?? 0;
    const ids = await Promise.all(Array.from({ length: 100 }, (_, n) => post({ subject: `many-${n}` })));
    for (const id of ids) await settled(id);
    await expect
      .poll(() => postfix.mails().filter((mail) => /\nSubject: many-/.test(mail)).length, LONG)
      .toBe(100);
    const conversations = (postfix.log().match(/connect from/g)?.length ?? 0) - before;
    expect(conversations).toBeLessThan(25);
  });

  test('a connection that is lost after DATA leaves a doubt that a person settles, and never a second mail', async () => {
    const doubtful = 'lost-after-data';
    // The reply to the whole mail is never let through: Postfix has it, Tank cannot know.
    postfix.reload({ smtpd_data_restrictions: 'permit', smtpd_end_of_data_restrictions: 'sleep 2, permit' });
    // Conversations that are kept go on under the old settings.
    proxy.breakOpen();
    await sleep(1_000);
    const id = await post({ subject: doubtful });
    await expect
      .poll(async () => (await recipient(id))?.state, { timeout: 10_000, interval: 20 })
      .toBe('sending');
    await sleep(800);
    proxy.breakOpen();
    await expect.poll(async () => (await recipient(id))?.state, LONG).toBe('held');
    expect(await recipient(id)).toMatchObject({ state: 'held', fault: { code: 'transport_doubtful' } });
    postfix.reload({});
    await sleep(3_000);
    expect(postfix.mails().filter((mail) => mail.includes(doubtful)).length).toBeLessThanOrEqual(1);
    expect((await client.get(id)).json).toMatchObject({ settled: true });
  });
});
