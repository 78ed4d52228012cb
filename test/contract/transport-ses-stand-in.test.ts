import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSendingSwitch } from '../../shared/adapters/ses/sending-switch.ts';
import { createSesTransport } from '../../shared/adapters/ses/transport.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import {
  readJournal,
  type SesStandIn,
  type StandInFlags,
  startSesStandIn,
} from '../fixtures/ses-stand-in/start.ts';
import { never, newMail, realClock } from './transport-mails.ts';

let folder: string;
let standIn: SesStandIn | undefined;
beforeEach(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'made-up-secret';
  folder = await mkdtemp(join(tmpdir(), 'tank-stand-in-'));
});
afterEach(async () => {
  if (standIn?.process.exitCode === null && standIn.process.signalCode === null) await standIn.stop();
  await rm(folder, { recursive: true });
});

const start = async (flags: StandInFlags) => {
  standIn = await startSesStandIn({ journal: join(folder, 'journal'), ...flags });
  return standIn;
};

/** So many mails to the stand-in, so many at a time. */
const send = async (url: string, count: number, to = 'kim@example.com'): Promise<Outcome[]> => {
  const transport = createSesTransport(
    { region: 'ap-northeast-2', endpoint: url, configurationSet: 'tank' },
    realClock,
  );
  const outcomes = await Promise.all(
    Array.from({ length: count }, () => transport.send(newMail({ to }), never())),
  );
  await transport.close();
  return outcomes;
};
const count = (outcomes: readonly Outcome[], kind: Outcome['kind']) =>
  outcomes.filter((outcome) => outcome.kind === kind).length;

describe('the stand-in for SES', () => {
  it('enforces the rate like a token bucket', async () => {
    const { url, counters } = await start({ settings: { rate: 50 } });
    const outcomes = await send(url, 200);
    expect(count(outcomes, 'accepted')).toBeGreaterThanOrEqual(50);
    expect(count(outcomes, 'accepted')).toBeLessThan(150);
    expect(count(outcomes, 'throttled')).toBe((await counters()).rateThrottled);
    await wait(500);
    expect(count(await send(url, 15), 'accepted')).toBe(15);
  });

  it('enforces the day’s quota', async () => {
    const { url } = await start({ settings: { quota: 100, sentBefore: 93 } });
    const outcomes = await send(url, 20);
    expect([count(outcomes, 'accepted'), count(outcomes, 'quota')]).toEqual([7, 13]);
  });

  it('counts random throttles apart from those of the rate', async () => {
    const { url, counters } = await start({ settings: { throttle: 0.3, rate: 10_000 }, seed: 7 });
    const throttled = count(await send(url, 200), 'throttled');
    expect(throttled).toBeGreaterThan(30);
    expect(await counters()).toMatchObject({ randomThrottled: throttled, rateThrottled: 0 });
  });

  it('has on disk, also when killed at once, all that it said it took', async () => {
    const { url, process } = await start({ settings: { acceptAndHangUp: 0.2 }, seed: 3 });
    const outcomes = await send(url, 300);
    process.kill('SIGKILL');
    await once(process, 'exit');
    const journal = await readJournal(join(folder, 'journal'));
    const ids = new Set(journal.map(({ messageId }) => messageId));
    for (const outcome of outcomes) if (outcome.kind === 'accepted') expect(ids).toContain(outcome.messageId);
    expect(count(outcomes, 'doubtful')).toBeGreaterThan(20);
    expect(journal).toHaveLength(300);
    expect(new Set(journal.map(({ attemptId }) => attemptId)).size).toBe(300);
  });

  it('tells events into a file, twice and out of order when told to', async () => {
    const eventFile = join(folder, 'events');
    const { url, counters } = await start({
      eventFile,
      settings: { eventDuplicates: 0.5, eventDisorderMs: 50 },
    });
    await send(url, 40);
    while ((await counters()).eventsPending > 0) await wait(20);
    const events = (await readFile(eventFile, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as SesEvent);
    expect(events.length).toBeGreaterThan(90);
    expect(events.every(({ mail }) => /^t\d+x\d+$/.test(mail.tags['tank-attempt-id']?.[0] ?? ''))).toBe(true);
    const attempts = (type: string) =>
      new Set(events.filter(({ eventType }) => eventType === type).map(({ mail }) => mail.messageId)).size;
    expect([attempts('Send'), attempts('Delivery')]).toEqual([40, 40]);
  });

  it('posts events, and puts them on a queue', async () => {
    const received: { path: string; target: string | undefined; body: string }[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      received.push({
        path: request.url ?? '',
        target: request.headers['x-amz-target'] as string | undefined,
        body,
      });
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { url, counters } = await start({
      eventPost: `${base}/events`,
      eventQueue: `${base}/000000000000/events`,
    });
    await send(url, 1, 'bounce@example.com');
    while ((await counters()).eventsPending > 0) await wait(20);
    server.close();
    const posted = received
      .filter(({ path }) => path === '/events')
      .map(({ body }) => JSON.parse(body) as SesEvent);
    const queued = received
      .filter(({ target }) => target === 'AmazonSQS.SendMessage')
      .map(({ body }) => JSON.parse(body) as Queued);
    expect(posted.map(({ eventType }) => eventType).sort()).toEqual(['Bounce', 'Send']);
    expect(queued.map(({ MessageBody }) => (JSON.parse(MessageBody) as SesEvent).eventType).sort()).toEqual([
      'Bounce',
      'Send',
    ]);
    expect(queued[0]?.QueueUrl).toBe(`${base}/000000000000/events`);
  });

  it.each([
    [
      'two recipients',
      { Destination: { ToAddresses: ['a@example.com', 'b@example.com'] } },
      'one destination',
    ],
    [
      'a copy',
      { Destination: { ToAddresses: ['a@example.com'], BccAddresses: ['b@example.com'] } },
      'Copies',
    ],
    ['a tag in Korean', { EmailTags: [{ Name: 'tank-attempt-id', Value: '부서' }] }, 'Invalid tag'],
    ['no attempt id', { EmailTags: [] }, 'tank-attempt-id'],
    ['a second subject', { Content: raw('Subject: a\r\nSubject: b\r\n') }, 'must occur once'],
    ['a copy in the mail', { Content: raw('Bcc: b@example.com\r\nSubject: a\r\n') }, 'bcc'],
    ['another recipient in the mail', { Content: raw('Subject: a\r\n', 'b@example.com') }, 'To differs'],
    ['bare line ends', { Content: raw('Subject: a\nX: b\r\n') }, 'line ends'],
  ])('refuses %s', async (_, changes, reason) => {
    const { url, counters } = await start({});
    const body = {
      FromEmailAddress: 'x@example.com',
      Destination: { ToAddresses: ['a@example.com'] },
      EmailTags: [{ Name: 'tank-attempt-id', Value: 'a1' }],
      Content: raw('Subject: a\r\n'),
      ...changes,
    };
    const answer = await fetch(`${url}/v2/email/outbound-emails`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(reason);
    expect((await counters()).accepted).toBe(0);
  });

  it('refuses what nobody signed, once it knows the secret', async () => {
    const { url } = await start({ secretKey: 'another-secret' });
    expect(await send(url, 1)).toEqual([{ kind: 'stopped', code: 'SignatureDoesNotMatch' }]);
  });
});

interface SesEvent {
  readonly eventType: string;
  readonly mail: { readonly messageId: string; readonly tags: Readonly<Record<string, readonly string[]>> };
}
interface Queued {
  readonly QueueUrl: string;
  readonly MessageBody: string;
}

function raw(fields: string, to = 'a@example.com') {
  const head = `From: x@example.com\r\nTo: ${to}\r\n${fields}Date: x\r\nMessage-ID: <a1@example.com>\r\nX-Tank-Attempt-Id: a1\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n`;
  return { Raw: { Data: Buffer.from(head).toString('base64') } };
}

describe('the switch of a configuration set', () => {
  const switchAt = (endpoint: string, configurationSet = 'tank') =>
    createSendingSwitch({ region: 'ap-northeast-2', endpoint, configurationSet });

  it('stops what is sent under it, and lets it go on', async () => {
    const { url } = await start({});
    await switchAt(url).turn('off');
    expect(await send(url, 2)).toMatchObject([{ kind: 'stopped' }, { kind: 'stopped' }]);
    await switchAt(url).turn('on');
    expect(count(await send(url, 2), 'accepted')).toBe(2);
  });

  it('that does not exist, or does not answer, is told of', async () => {
    const { url } = await start({});
    await expect(switchAt(url, 'other').turn('off')).rejects.toThrow();
    await expect(switchAt('http://127.0.0.1:9').turn('off')).rejects.toThrow();
  });
});
