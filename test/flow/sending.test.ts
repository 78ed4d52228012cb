import { afterEach, describe, expect, it } from 'vitest';
import { TankError } from '../../shared/domain/errors.ts';
import type { OutgoingMail } from '../../shared/domain/mail.ts';
import { prepareMail } from '../../shared/domain/mime/prepare.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import type { SendPayload } from '../../shared/domain/payload.ts';
import type { Ledger } from '../../shared/ports/ledger.ts';
import type { Clock } from '../../shared/ports/runtime.ts';
import { describeRun } from '../../shared/use-cases/describe-run.ts';
import { ACCEPTED, ScriptedTransport, SILENCE } from '../fixtures/scripted-transport.ts';
import { SendingWorld, type WorldParts } from '../fixtures/sending-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WAVE = 16;
const WORKERS = 4;

let world: SendingWorld;
afterEach(() => world.close());

const open = async (transports: readonly ScriptedTransport[], parts: Partial<WorldParts> = {}) => {
  world = await SendingWorld.open({ transports, workers: WORKERS, ...parts });
  for (const transport of transports) transport.clock = world.clock;
};
const finished = async (run = 'r1') => (await (await world.ledger).run(run))?.state === 'finished';
const callsOf = (transport: ScriptedTransport) => transport.calls.map(({ attemptId }) => attemptId);

describe('a pause', () => {
  it('lets out at most the mails that are marked already, in the middle of full speed', async () => {
    const transport = new ScriptedTransport({ latencyMs: 20 });
    await open([transport], { paceLimits: () => ({ ratePerSecond: 400 }) });
    await world.plan(3_000);
    world.host();
    await world.passUntil(async () => transport.calls.length > 500, MINUTE);
    await (await world.ledger).hold({
      id: 'h',
      scope: 'run',
      scopeId: 'r1',
      reason: 'stop',
      author: 'os:kim',
    });
    const marked = (await world.counts()).sending;
    const called = transport.calls.length;
    const onTheWay = transport.open;
    await world.pass(5 * MINUTE);
    expect(transport.calls.length - called).toBeLessThanOrEqual(marked - onTheWay);
    expect(marked).toBeLessThanOrEqual(WAVE * WORKERS);
    expect((await world.counts()).sending).toBe(0);
    expect((await world.counts()).pending).toBeGreaterThan(0);
    await (await world.ledger).liftHold('h', 'os:kim');
    await world.passUntil(finished, 5 * MINUTE);
    expect(new Set(transport.accepted).size).toBe(3_000);
  });
});

describe('throttling', () => {
  it('costs no try and fails nothing, and the throttled sends stay with their worker', async () => {
    let calls = 0;
    const transport = new ScriptedTransport({
      answer: () => {
        calls += 1;
        return calls % 3 === 0 ? { kind: 'throttled', code: 'TooManyRequestsException' } : ACCEPTED;
      },
    });
    await open([transport], { paceLimits: () => ({ ratePerSecond: 200 }) });
    await world.plan(600);
    world.host();
    await world.passUntil(finished, 2 * MINUTE);
    const sends = await world.sends();
    expect(sends.every((send) => send.state === 'sent' && send.attempts === 1)).toBe(true);
    expect(new Set(callsOf(transport)).size).toBe(transport.calls.length);
  });
});

describe('a refusal to send', () => {
  const stopped = (code: string): Outcome => ({ kind: 'stopped', code });

  it.each([
    ['AccountSuspendedException', ['r1', 'r2', 'r3'], []],
    ['MailFromDomainNotVerifiedException', ['r1', 'r2'], ['r3']],
    ['internal', ['r1'], ['r2', 'r3']],
  ])('of %s holds %j and lets %j go', async (code, held, going) => {
    const transport = new ScriptedTransport({
      answer: (mail) => (mail.runId === 'r1' ? stopped(code) : ACCEPTED),
    });
    await open([transport]);
    await world.plan(60);
    world.host();
    await world.passUntil(async () => (await world.holds()).length > 0, MINUTE);
    await world.plan(20, { id: 'r2', automationId: 'a2' });
    await world.plan(20, { id: 'r3', automationId: 'a3', fromIdentity: 'other@example.com' });
    await world.pass(MINUTE);
    for (const run of held) expect(await world.holds(run)).toEqual([`transport_stopped:${code}`]);
    for (const run of going) expect(await finished(run)).toBe(true);
    expect((await world.counts()).failed).toBe(0);
    expect(transport.calls.filter(({ attemptId }) => attemptId.startsWith('r1')).length).toBeLessThanOrEqual(
      WAVE * 2,
    );
  });

  it('of the account leaves the runs that leave another way alone', async () => {
    const ses = new ScriptedTransport({ answer: () => stopped('AccountSuspendedException') });
    const smtp = new ScriptedTransport({ name: 'smtp', evidence: 'none' });
    await open([ses, smtp]);
    await world.plan(10);
    await world.plan(10, { id: 'r2', automationId: 'a2', transport: 'smtp' });
    world.host();
    await world.pass(MINUTE);
    expect(await finished('r2')).toBe(true);
    expect(await finished('r1')).toBe(false);
  });

  it('of twenty mails in a row stops the run, however the others of the account fare', async () => {
    const transport = new ScriptedTransport({
      answer: (mail) =>
        mail.runId === 'r1' ? { kind: 'rejected', fault: 'content', code: 'MessageRejected' } : ACCEPTED,
    });
    await open([transport]);
    await world.plan(500);
    await world.plan(50, { id: 'r2', automationId: 'a2' });
    world.host();
    await world.pass(2 * MINUTE);
    expect(await world.holds()).toEqual(['many_rejected']);
    expect((await world.counts()).failed).toBeGreaterThanOrEqual(20);
    expect((await world.counts()).failed).toBeLessThanOrEqual(20 + WAVE);
    expect(await finished('r2')).toBe(true);
  });

  it('of nineteen in a row, and one taken between, stops nothing', async () => {
    let calls = 0;
    const transport = new ScriptedTransport({
      latencyMs: 1,
      answer: () => {
        calls += 1;
        return calls % 20 === 0 ? ACCEPTED : { kind: 'rejected', fault: 'recipient', code: '550 5.1.1' };
      },
    });
    await open([transport], { workers: 1, paceLimits: () => ({ ratePerSecond: 50 }) });
    await world.plan(200);
    world.host();
    await world.passUntil(finished, 2 * MINUTE);
    expect((await world.counts()).failed).toBe(190);
  });
});

describe('a mail that no transport may take', () => {
  /** What every real transport does before it calls anybody. */
  const strict = () => {
    const transport = new ScriptedTransport();
    const send = transport.send.bind(transport);
    transport.send = async (mail, signal) => {
      const prepared = prepareMail(mail, world.clock.now());
      return prepared.ok ? send(mail, signal) : prepared.outcome;
    };
    return transport;
  };
  const file = (bytes: number) => ({
    column: 'FILE',
    file: {
      path: `/files/${bytes}`,
      fileName: 'statement.pdf',
      contentType: 'application/pdf',
      size: bytes,
      modifiedAt: 0,
      identity: '1',
      sha256: String(bytes),
    },
  });
  const attachments = { read: async ({ size }: { size: number }) => Buffer.alloc(size) };
  const MB = 1024 * 1024;

  it.each<[string, Partial<SendPayload>, string, string]>([
    ['is over 40 MB after encoding', { files: [file(30 * MB)] }, 'mail_rejected', 'mail_too_large'],
    [
      'goes to a local part of 65 characters',
      { address: `${'a'.repeat(65)}@example.com` },
      'recipient_rejected',
      'address_invalid',
    ],
    [
      'goes to two addresses',
      { address: 'a@example.com, b@example.com' },
      'recipient_rejected',
      'address_invalid',
    ],
    [
      'carries a header in its address',
      { address: 'a@example.com\r\nBcc: b@example.com' },
      'recipient_rejected',
      'address_invalid',
    ],
  ])('because it %s is refused before the call, and the others go out', async (_, payload, code, reason) => {
    const transport = strict();
    await open([transport], { attachments });
    await world.plan(3);
    await world.plan(1, { id: 'r2', automationId: 'a2' }, payload);
    world.host();
    await world.passUntil(() => finished('r2'), MINUTE);
    await world.passUntil(finished, MINUTE);
    const [refused] = await world.sends('r2');
    expect(refused).toMatchObject({ state: 'failed', fault: { code, facts: { reason } } });
    expect(callsOf(transport).filter((id) => id.startsWith('r2'))).toEqual([]);
    expect(transport.accepted).toHaveLength(3);
  });

  it('just under 40 MB goes out', async () => {
    const transport = strict();
    await open([transport], { attachments });
    await world.plan(1, {}, { files: [file(29 * MB)] });
    world.host();
    await world.passUntil(finished, MINUTE);
    expect(transport.accepted).toHaveLength(1);
  });
});

describe('doubtful sends', () => {
  const doubtThe = (victim: string) => (mail: OutgoingMail) =>
    mail.attemptId === victim ? SILENCE : ACCEPTED;
  const VICTIM = 'r1-00000000-1';
  const eventOf = (attemptId: string) =>
    world.driver.database.run(
      `INSERT INTO delivery_event (id, type, source, message_id, attempt_id, send_id, occurred_at, received_at, body)
       VALUES (?, 'Delivery', 'ses', 'm', ?, ?, 0, 0, X'00')`,
      [`e-${attemptId}`, attemptId, attemptId.replace(/-\d+$/, '')],
    );

  it.each([
    ['hold', true, 'held', 1],
    ['resend', false, 'held', 1],
    ['resend', true, 'sent', 2],
  ] as const)(
    'of a transport with events under %s, events of later sends: %s: are %s after the wait',
    async (inDoubt, later, state, times) => {
      const transport = new ScriptedTransport({ answer: doubtThe(VICTIM) });
      await open([transport], { spec: { inDoubt } });
      await world.plan(30);
      world.host();
      await world.pass(50 * MINUTE);
      expect((await world.counts()).in_doubt).toBe(1);
      if (later) await eventOf('r1-00000029-1');
      await world.pass(15 * MINUTE);
      expect((await world.sends())[0]?.state).toBe(state);
      expect(transport.calls.filter(({ attemptId }) => attemptId.startsWith('r1-00000000-'))).toHaveLength(
        times,
      );
      expect(await finished()).toBe(true);
    },
  );

  it('are freed by evidence that comes after they were held', async () => {
    const transport = new ScriptedTransport({ answer: doubtThe(VICTIM) });
    await open([transport]);
    await world.plan(3);
    world.host();
    await world.pass(70 * MINUTE);
    expect((await world.counts()).held).toBe(1);
    await (await world.ledger).acceptEvidence([{ attemptId: VICTIM, messageId: 'm', at: 0 }]);
    expect((await world.counts()).sent).toBe(3);
  });

  it('of a transport that never tells are held at once', async () => {
    const transport = new ScriptedTransport({ name: 'smtp', evidence: 'none', answer: doubtThe(VICTIM) });
    await open([transport], { spec: { inDoubt: 'resend' } });
    await world.plan(30);
    world.host();
    await world.pass(20_000);
    expect((await world.counts()).held).toBe(1);
    expect(await finished()).toBe(true);
    expect(transport.calls).toHaveLength(30);
  });
});

describe('a slow but living worker', () => {
  it('that is frozen in a call until its lease is over has its answer taken, and the mail goes out once', async () => {
    let thaw = () => {};
    const frozen = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    const transport = new ScriptedTransport();
    const send = transport.send.bind(transport);
    transport.send = async (mail, signal) => {
      if (mail.attemptId !== 'r1-00000000-1') return send(mail, signal);
      transport.calls.push({ attemptId: mail.attemptId, at: world.clock.now() });
      await frozen;
      transport.accepted.push(mail.attemptId);
      return ACCEPTED;
    };
    await open([transport], { workers: 2, limits: { leaseMs: 30_000 } });
    await world.plan(3);
    world.host();
    await world.pass(10 * MINUTE);
    thaw();
    await world.pass(5_000);
    expect((await world.sends()).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
    expect(new Set(transport.accepted.map((id) => id.slice(0, -2))).size).toBe(transport.accepted.length);
  });

  it('that is frozen between claim and mark marks nothing after its lease, and somebody else sends', async () => {
    let frozen = true;
    const transport = new ScriptedTransport();
    const freezeFirstMark = (real: Ledger, clock: Clock): Ledger => ({
      ...real,
      markWave: async (mark) => {
        if (frozen) {
          frozen = false;
          await clock.sleep(90_000);
        }
        return real.markWave(mark);
      },
    });
    await open([transport], { ledger: freezeFirstMark, limits: { leaseMs: 60_000 } });
    await world.plan(40);
    world.host();
    await world.pass(5 * MINUTE);
    expect((await world.counts()).sent).toBe(40);
    expect(transport.accepted).toHaveLength(40);
  });

  it('that hears of its claim late begins no call that could outlast the lease', async () => {
    let frozen = true;
    const transport = new ScriptedTransport({ evidence: 'lookup', latencyMs: 19_000 });
    transport.lookup = async (ids) =>
      new Map(
        ids.map((id) => [
          id,
          transport.accepted.includes(id) ? { kind: 'accepted', messageId: 'm' } : { kind: 'absent' },
        ]),
      );
    const freezeFirstClaim = (real: Ledger, clock: Clock): Ledger => ({
      ...real,
      claimBatch: async (...asked) => {
        const batch = await real.claimBatch(...asked);
        if (frozen) {
          frozen = false;
          await clock.sleep(15_000);
        }
        return batch;
      },
    });
    await open([transport], { workers: 2, ledger: freezeFirstClaim, limits: { leaseMs: 30_000 } });
    await world.plan(3);
    world.host();
    for (let second = 0; second < 120; second++) {
      await (await world.ledger).forgetEnqueued('bulk');
      await world.pass(1_000);
    }
    expect(transport.accepted).toHaveLength(3);
    expect(await finished()).toBe(true);
  });

  it('begins no call that could outlast its lease', async () => {
    const transport = new ScriptedTransport({ latencyMs: 19_000 });
    await open([transport], { workers: 2, limits: { leaseMs: 30_000 } });
    await world.plan(60);
    world.host();
    await world.passUntil(finished, HOUR);
    expect(transport.accepted).toHaveLength(60);
    expect((await world.sends()).every((send) => send.attempts === 1)).toBe(true);
  });
});

describe('a store', () => {
  it('that is gone in the middle of a wave gets the answers when it is back, and nothing stays in doubt', async () => {
    let gone = false;
    const fault = () => new TankError('store_unavailable', { reason: 'gone' });
    const failing = (real: Ledger): Ledger => ({
      ...real,
      settle: (settlements) => (gone ? Promise.reject(fault()) : real.settle(settlements)),
      markWave: (mark) => (gone ? Promise.reject(fault()) : real.markWave(mark)),
      releaseBatch: (id, fence) => (gone ? Promise.reject(fault()) : real.releaseBatch(id, fence)),
    });
    const transport = new ScriptedTransport({ latencyMs: 200 });
    await open([transport], { ledger: failing, workers: 2 });
    await world.plan(200);
    world.host();
    await world.passUntil(async () => transport.open >= 4, MINUTE);
    gone = true;
    await world.pass(40_000);
    gone = false;
    await world.passUntil(finished, 10 * MINUTE);
    expect((await world.counts()).sent).toBe(200);
    expect(transport.accepted).toHaveLength(200);
  });
});

describe('a source', () => {
  it('that is away in the middle of a run holds it, and it goes on by itself', async () => {
    let away = false;
    const map = async (_: unknown, rows: readonly unknown[]) => {
      if (away) throw new TankError('source_unreachable', { source: 'bank', reason: 'ORA-12541' });
      return rows.map(() => [{ NAME: 'Kim' }]);
    };
    const transport = new ScriptedTransport({ latencyMs: 100 });
    await open([transport], {
      spec: { mappings: [{ name: 'M', type: 'simple', query: 'MAP' }] },
      source: { map, describe: async (sql) => (sql === 'MAP' ? ['NAME'] : ['CUST_ID', 'EMAIL']) },
      paceLimits: () => ({ ratePerSecond: 20 }),
    });
    await world.plan(500);
    world.host();
    await world.pass(10_000);
    away = true;
    await world.pass(3 * MINUTE);
    expect(await world.holds()).toEqual(['source_unreachable']);
    const run = await (await world.ledger).run('r1');
    if (!run) throw new Error('there is no run');
    const [hold] = (await describeRun(world.ports, run, 'en')).holds;
    expect(hold?.detail).toBe('The source bank cannot be reached: ORA-12541.');
    expect(hold?.mend).toMatch(/goes on by itself/);
    const sent = (await world.counts()).sent;
    expect(sent).toBeLessThan(500);
    away = false;
    await world.passUntil(finished, 3 * MINUTE);
    expect((await world.counts()).sent).toBe(500);
    expect((await world.counts()).failed).toBe(0);
  });
});

describe('the reply about a run', () => {
  const describeNow = async () => {
    const run = await (await world.ledger).run('r1');
    return describeRun(world.ports, run ?? fail(), 'en');
  };
  const fail = (): never => {
    throw new Error('no run');
  };

  it('says how fast it goes, when it will be through, and over how many days', async () => {
    const transport = new ScriptedTransport();
    await open([transport], { paceLimits: () => ({ ratePerSecond: 10, perDay: 1_000 }) });
    await world.plan(600);
    const now = world.clock.now();
    expect(await describeNow()).toMatchObject({
      transport: { name: 'ses', perSecond: 10, allowedPerSecond: 10, quotaPerDay: 1_000, quotaLeft: 950 },
      forecast: { days: 1, finishesAt: new Date(now + 60_000).toISOString() },
    });
    await world.plan(700, { id: 'r2', automationId: 'a2' });
    const second = await (await world.ledger).run('r2');
    expect(await describeRun(world.ports, second ?? fail(), 'en')).toMatchObject({ forecast: { days: 2 } });
  });

  it('shows the wait for evidence, the silence of the transport, and when it is tried again', async () => {
    const transport = new ScriptedTransport({ answer: () => SILENCE });
    await open([transport]);
    await world.plan(50);
    world.host();
    await world.pass(20_000);
    const reply = await describeNow();
    expect(reply).toMatchObject({
      state: 'paused',
      inDoubt: 5,
      holds: [{ reason: 'transport_silent', scope: 'account', author: 'tank' }],
      transport: { silentCalls: 5 },
    });
    const at = (time: string | undefined) => Date.parse(time ?? '') - world.clock.now();
    expect(at(reply.transport?.nextProbeAt)).toBeGreaterThan(30_000);
    expect(at(reply.transport?.nextProbeAt)).toBeLessThanOrEqual(60_000);
    expect(at(reply.doubtsUntil)).toBeGreaterThan(59 * MINUTE);
    expect(at(reply.doubtsUntil)).toBeLessThanOrEqual(HOUR);
  });
});

describe('the 24-hour quota', () => {
  it('holds bulk mail until it frees, lets urgent mail through, and the run ends by itself', async () => {
    const transport = new ScriptedTransport({ latencyMs: 10 });
    const rare = { idleMs: 20_000, tickMs: 60_000 };
    await open([transport], { ...rare, paceLimits: () => ({ ratePerSecond: 50, perDay: 200 }) });
    await world.plan(300);
    world.host();
    await world.passUntil(async () => (await world.holds()).includes('quota_exhausted'), 10 * MINUTE);
    expect(transport.accepted.length).toBeGreaterThanOrEqual(185);
    expect(transport.accepted.length).toBeLessThanOrEqual(200);
    await world.plan(3, { id: 'u1', automationId: 'a2', lane: 'urgent' });
    await world.pass(MINUTE);
    expect(await finished('u1')).toBe(true);
    expect(await finished()).toBe(false);
    await world.pass(25 * HOUR);
    expect(await finished()).toBe(true);
    expect((await world.counts()).failed).toBe(0);
  });
});
