import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createAuthHandler } from '../../functions/auth/handler.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { httpChain } from '../../shared/middleware/http-chain.ts';
import type { AuditEntry } from '../../shared/ports/audit.ts';
import { route } from '../../shared/wire/api.ts';
import { ask, identityPorts, PASSWORD } from '../fixtures/identity.ts';
import { openAuth } from '../fixtures/signed-in.ts';

const reply = z.strictObject({});
const api = {
  resume: route('POST', '/runs/{id}/resume', 'Resume', {
    permission: 'runs:resume',
    audit: 'run.resumed',
    params: z.strictObject({ id: z.string() }),
    body: z.strictObject({ reason: z.string().optional() }),
    reply,
  }),
  pause: route('POST', '/runs/{id}/pause', 'Pause', {
    permission: 'runs:pause',
    audit: 'run.paused',
    params: z.strictObject({ id: z.string() }),
    reply,
  }),
  look: route('GET', '/runs/{id}', 'Look', {
    permission: 'runs:read',
    audit: { event: 'personal-data.viewed', ifAsked: 'reveal' },
    params: z.strictObject({ id: z.string() }),
    query: z.strictObject({ reveal: z.enum(['keys']).optional() }),
    reply,
  }),
};

const open = async (write?: (entry: AuditEntry) => Promise<void>) => {
  const world = await identityPorts();
  const done: string[] = [];
  const act = (name: string) => async () => {
    done.push(name);
    if (name === 'resume' && done.length > 1) throw new TankError('run_already_live', { run: 'r' });
    return {};
  };
  const audit = write ? { ...world.audit, write } : world.audit;
  const ports = { ...world.ports, audit: async () => audit };
  const handler = httpChain(api, { resume: act('resume'), pause: act('pause'), look: act('look') }, ports);
  const account = await world.addAccount('operator');
  const { token } = await world.tokens.issue({ subject: account.id, epoch: 1 });
  const call = (key: string, request: object = {}) =>
    ask(handler, key, { token, params: { id: 'r1' }, from: '192.0.2.1', ...request });
  return { ...world, account, call, done };
};

const full = async () => {
  throw new TankError('audit_unavailable', { reason: 'ENOSPC' });
};

const codeOf = (secret: unknown, now: number): string =>
  new TOTP({ secret: Secret.fromBase32(String(secret).replaceAll(' ', '')) }).generate({ timestamp: now });

describe('an act that a route names', () => {
  it('is recorded before it happens: who, what, on what, from where, why', async () => {
    const { call, audit, account } = await open();
    await call('POST /runs/{id}/resume', { body: { reason: 'checked the list' } });
    expect(await audit.list({ limit: 5 })).toMatchObject([
      {
        event: 'run.resumed',
        outcome: 'accepted',
        actor: account.id,
        address: '192.0.2.1',
        subject: 'r1',
        requestId: 'request-1',
        facts: { reason: 'checked the list' },
      },
    ]);
  });

  it('that comes to nothing gets a second entry', async () => {
    const { call, audit } = await open();
    await call('POST /runs/{id}/resume', { body: {} });
    expect((await call('POST /runs/{id}/resume', { body: {} })).status).toBe(409);
    const [last] = await audit.list({ limit: 1 });
    expect(last).toMatchObject({
      event: 'run.resumed',
      outcome: 'failed',
      facts: { code: 'run_already_live' },
    });
  });

  it('is refused, and does not happen, when it cannot be recorded', async () => {
    const { call, done, raised } = await open(full);
    const refused = await call('POST /runs/{id}/resume', { body: {} });
    expect(refused).toMatchObject({ status: 503, json: { code: 'audit_unavailable' } });
    expect(done).toEqual([]);
    expect(raised).toMatchObject([{ kind: 'audit_unavailable' }]);
  });

  it('is done all the same when it is a pause', async () => {
    const { call, done, raised } = await open(full);
    expect((await call('POST /runs/{id}/pause')).status).toBe(200);
    expect(done).toEqual(['pause']);
    expect(raised).toMatchObject([{ kind: 'audit_unavailable' }]);
  });

  it('on the own account is refused as well when it cannot be recorded, but a sign-out never is', async () => {
    const world = await openAuth();
    await world.addAccount('operator', 'jimin');
    const { token } = await world.program('jimin');
    const handler = createAuthHandler({
      ...world.ports,
      audit: async () => ({ ...world.audit, write: full }),
    });
    const call = (key: string, body?: object) => ask(handler, key, { token, ...(body && { body }) });
    const changed = await call('POST /api/v1/auth/password', {
      currentPassword: PASSWORD,
      newPassword: 'seven green tugboats at noon',
    });
    expect(changed).toMatchObject({ status: 503, json: { code: 'audit_unavailable' } });
    const made = await call('POST /api/v1/auth/api-tokens', { name: 'report', scopes: ['runs:read'] });
    expect(made.json.code).toBe('audit_unavailable');
    const begun = await call('POST /api/v1/auth/totp', { password: PASSWORD });
    const code = codeOf(begun.json.secret, world.runtime.clock.now());
    expect((await call('POST /api/v1/auth/totp/confirm', { code })).json.code).toBe('audit_unavailable');
    expect(world.raised).toEqual([]);
    expect((await world.login('jimin')).status).toBe(200);
    expect((await call('POST /api/v1/auth/logout')).status).toBe(204);
    expect(world.raised).toMatchObject([{ kind: 'audit_unavailable' }]);
    expect((await world.call('me', { token })).status).toBe(401);
  });

  it('is recorded only when what it shows was asked for', async () => {
    const { call, audit } = await open();
    await call('GET /runs/{id}');
    expect(await audit.list({ limit: 5 })).toEqual([]);
    await call('GET /runs/{id}', { query: { reveal: 'keys' } });
    expect(await audit.list({ limit: 5 })).toMatchObject([{ event: 'personal-data.viewed', subject: 'r1' }]);
  });

  it('that is not allowed is recorded as denied', async () => {
    const { call, audit, addAccount, tokens } = await open();
    const viewer = await addAccount('viewer');
    const { token } = await tokens.issue({ subject: viewer.id, epoch: 1 });
    expect((await call('POST /runs/{id}/pause', { token })).status).toBe(403);
    expect(await audit.list({ limit: 5 })).toMatchObject([
      { event: 'permission.denied', outcome: 'refused', actor: viewer.id, facts: { operation: 'pause' } },
    ]);
  });
});

describe('the record of a day', () => {
  it('tells sign-ins, sign-outs and changes of accounts, and names nobody', async () => {
    const world = await openAuth();
    await world.addAccount('owner', 'boss');
    const { token } = await world.program('boss');
    const body = { name: 'Kim Minjun', role: 'viewer', email: 'minjun@example.com' };
    const made = await world.call('addUser', { token, body });
    const params = { id: String(made.json.id) };
    await world.call('changeUser', { token, params, body: { role: 'operator' } });
    await world.call('removeUser', { token, params });
    await world.call('logout', { token });
    const entries = await world.audit.list({ limit: 100 });
    expect(entries.map(({ event }) => event).reverse()).toEqual([
      'sign-in.done',
      'account.added',
      'account.changed',
      'account.removed',
      'sign-out',
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/minjun|boss/i);
  });

  it('is read by auditors, with filters and pages, and that is recorded as well', async () => {
    const world = await openAuth();
    await world.addAccount('auditor', 'auditor');
    const { token } = await world.program('auditor');
    for (let time = 0; time < 3; time += 1) await world.login('nobody', { password: 'x' });
    const list = async (query: Record<string, string>) =>
      (await world.call('listAudit', { token, query })).json;
    const refused = (await list({ event: 'sign-in.refused', limit: '2' })) as {
      items: { sequence: number }[];
      nextCursor: string;
    };
    expect(refused.items.map(({ sequence }) => sequence)).toEqual([4, 3]);
    const rest = (await list({ event: 'sign-in.refused', cursor: refused.nextCursor })) as typeof refused;
    expect(rest.items.map(({ sequence }) => sequence)).toEqual([2]);
    expect(((await list({ event: 'audit.viewed' })) as typeof refused).items).toHaveLength(3);
    expect((await world.call('verifyAudit', { token })).json).toEqual({
      from: 1,
      entries: 7,
      checkpoints: 0,
      faults: [],
    });
  });

  it('lies beside the store as well, for its owner alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tank-audit-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const world = await openAuth({ folder });
    await world.addAccount('viewer', 'jimin');
    await world.program('jimin');
    const [file = ''] = readdirSync(join(folder, 'audit'));
    expect(file).toBe('entries-2026-03.jsonl');
    expect(statSync(join(folder, 'audit', file)).mode & 0o777).toBe(0o600);
    const [entry] = await world.audit.list({ limit: 1 });
    expect(JSON.parse(readFileSync(join(folder, 'audit', file), 'utf8'))).toEqual(entry);
  });
});
