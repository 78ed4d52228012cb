import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdminHandler } from '../../functions/admin/handler.ts';
import { createAuthHandler } from '../../functions/auth/handler.ts';
import { createBounceHandler } from '../../functions/bounce-handler/handler.ts';
import { createEnqueueHandler } from '../../functions/enqueue/handler.ts';
import { MANIFEST } from '../../functions/manifest.ts';
import { createTestSendHandler } from '../../functions/test-send/handler.ts';
import { mayDo, organisationsOf, ROLES, type Role } from '../../shared/domain/permissions.ts';
import type { HttpHandler } from '../../shared/middleware/http-chain.ts';
import type { Account } from '../../shared/ports/accounts.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { isOpen, type Route, routeKey } from '../../shared/wire/api.ts';
import { toCursor } from '../../shared/wire/cursor.ts';
import { openApiDocument } from '../../shared/wire/openapi.ts';
import { type Answer, ask } from '../fixtures/identity.ts';
import { ATTACHMENTS, type Office, openOffice, people, sourceOf, statement } from '../fixtures/office.ts';
import { sampleOf } from '../support/sample.ts';

/**
 * Every route of the manifest with every role, on something of one's own, of somebody else's, and on nothing.
 * A new route is covered by being there; a new kind of object must say here where one is found.
 */
const HANDLERS: Readonly<Record<string, (ports: Ports) => unknown>> = {
  auth: createAuthHandler,
  admin: createAdminHandler,
  enqueue: createEnqueueHandler,
  'bounce-handler': createBounceHandler,
  'test-send': createTestSendHandler,
};

const DOORS = MANIFEST.flatMap(({ name, http }) =>
  Object.values(http ?? {}).map((route) => ({ name, route, key: routeKey(route) })),
);
const CLOSED = DOORS.filter(({ route }) => !isOpen(route));
const FOR_SYSTEMS = DOORS.filter(({ route }) => route.permission === 'client');
const WHOSE = ['own', 'foreign', 'none'] as const;
type Whose = (typeof WHOSE)[number];

const OWN = 'retail';
const FOREIGN = 'pension';
const DENIED = [
  'unauthenticated',
  'forbidden',
  'password_change_required',
  'second_factor_enrolment_required',
];

describe('who may do what', () => {
  let office: Office;
  let handlers: Map<string, HttpHandler>;
  let made = 0;

  beforeAll(async () => {
    office = await openOffice(people(1), {}, afterAll);
    handlers = new Map(
      Object.entries(HANDLERS).map(([name, create]) => [name, create(office.ports) as HttpHandler]),
    );
  });

  const next = (what: string): string => {
    made += 1;
    return `${what}-${made}`;
  };

  const addAccount = async (role: Role): Promise<Account> => {
    const account: Account = {
      id: office.ports.runtime.id(),
      name: next(role),
      role,
      organisations: [OWN],
      addressRanges: [],
      epoch: 1,
      mustChangePassword: false,
      createdAt: 0,
    };
    await (await office.ports.accounts()).add(account);
    return account;
  };

  const beginSession = async ({ id, epoch }: Account) => {
    const now = office.ports.runtime.clock.now();
    const session = {
      id: office.ports.runtime.id(),
      accountId: id,
      kind: 'program' as const,
      epoch,
      address: '127.0.0.1',
      agent: 'test',
      begunAt: now,
      seenAt: now,
      endsAt: now + 3_600_000,
      confirmedAt: now,
      secondFactor: false,
    };
    await (await office.ports.sessions()).begin(session, { family: next('family'), proof: 'p' }, 5);
    const { token } = await (await office.ports.tokens()).issue({
      subject: id,
      epoch,
      sessionId: session.id,
    });
    return { token, session };
  };

  const addAutomation = async (organisation: string): Promise<string> => {
    const automation = next(`automation-${organisation}`);
    const documents = [sourceOf(office), statement({ automation, organisation, attachments: ATTACHMENTS })];
    const saved = await office.ports.automations();
    expect((await callAs('os:matrix', 'POST /api/v1/definitions', { body: { documents } })).status).toBe(200);
    return (await saved.find(automation))?.id ?? '';
  };

  const startRun = async (organisation: string): Promise<string> => {
    const id = await addAutomation(organisation);
    const key = 'POST /api/v1/automations/{id}/runs';
    return String((await callAs('os:matrix', key, { params: { id }, body: {} })).json.run);
  };

  const firstSend = async (organisation: string): Promise<string> => {
    const run = await startRun(organisation);
    await office.work();
    const [send] = await (await office.ports.ledger()).sends(run, { limit: 1 });
    return send?.id ?? '';
  };

  const addSuppression = async (scope: string): Promise<string> => {
    const addressHash = next('hash');
    const entry = { addressHash, scope, reason: 'manual', origin: '-', masked: 'x@…', createdAt: 0 } as const;
    const suppressions = await office.ports.suppressions();
    await suppressions.add([entry]);
    const [added] = await suppressions.list({ limit: 1, addressHash });
    return toCursor(added?.cursor ?? '');
  };

  /** Where one of each kind is found; what nobody owns is everybody's who may. */
  const FINDERS: Readonly<Record<string, (whose: Whose, caller: Account) => Promise<string>>> = {
    automations: (whose) => addAutomation(whose === 'own' ? OWN : FOREIGN),
    runs: (whose) => startRun(whose === 'own' ? OWN : FOREIGN),
    sends: (whose) => firstSend(whose === 'own' ? OWN : FOREIGN),
    'auth/sessions': async (whose, caller) =>
      (await beginSession(whose === 'own' ? caller : await addAccount('viewer'))).session.id,
    'auth/api-tokens': async (whose, caller) => {
      const account = whose === 'own' ? caller : await addAccount('viewer');
      const id = next('token');
      const rest = { name: id, scopes: [], addressRanges: [], createdAt: 0, expiresAt: 9e15 };
      await (await office.ports.apiTokens()).add({ id, accountId: account.id, ...rest }, next('hash'));
      return id;
    },
    users: async () => {
      const { id } = await addAccount('viewer');
      const factors = await office.ports.secondFactors();
      await factors.propose(id, new Uint8Array([1]));
      await factors.confirm(id, 1, []);
      return id;
    },
    invitations: async () => {
      const id = next('invitation');
      const rest = {
        name: id,
        role: 'viewer',
        organisations: [],
        addressRanges: [],
        createdBy: '-',
      } as const;
      await (await office.ports.invitations()).add(
        { id, ...rest, createdAt: 0, expiresAt: 9e15 },
        next('hash'),
      );
      return id;
    },
    sources: async () => {
      await addAutomation(OWN);
      return 'core-db';
    },
    suppressions: (whose) => addSuppression(whose === 'own' ? OWN : FOREIGN),
    'suppressions/lists': async () => {
      const id = next('list');
      const list = { id, name: id, url: 'https://lists.example.com/', createdBy: '-' };
      await (await office.ports.blockLists()).add(list);
      return id;
    },
    clients: async () => {
      const id = next('client');
      const limits = { maxBytes: 1000, perMinute: 1, perDay: 1, addressRanges: [], identities: [] };
      const spec = {
        id,
        title: id,
        organisation: OWN,
        senders: ['@example.com'],
        recipients: ['*'],
        enabled: true,
        ...limits,
      };
      await (await office.ports.clients()).add({ spec, createdBy: '-' });
      return id;
    },
    organisations: async () => {
      const name = next('organisation');
      await (await office.ports.organisations()).add({ name, title: name, createdAt: 0, createdBy: '-' });
      return name;
    },
  };
  const OWNED = ['automations', 'runs', 'sends', 'suppressions', 'auth/sessions', 'auth/api-tokens'];
  const PERSONAL = ['auth/sessions', 'auth/api-tokens'];

  const resourceOf = ({ path }: Route): string | undefined =>
    /^\/api\/v1\/(.+?)\/\{(?:id|name)\}/.exec(path)?.[1];

  const paramsOf = async (route: Route, whose: Whose, caller: Account) => {
    const resource = resourceOf(route);
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));
    if (!resource) return undefined;
    const find = FINDERS[resource];
    if (!find) throw new Error(`tell the matrix where one of ${resource} is found`);
    const id = whose === 'none' ? 'nothing-of-this-name' : await find(whose, caller);
    return Object.fromEntries(names.map((name) => [name, name === 'version' ? '1' : id]));
  };

  const NOTHING_ELSE = { scope: OWN, reason: 'manual' };
  const BODIES: Readonly<Record<string, () => object>> = {
    'POST /api/v1/clients/{id}/certificates/revoke': () => ({ serial: '0a', reason: 'lost' }),
    'POST /api/v1/users': () => ({ name: next('user'), role: 'viewer' }),
    'POST /api/v1/invitations': () => ({ name: next('user'), role: 'viewer' }),
    'PATCH /api/v1/users/{id}': () => ({ disabled: false }),
    'POST /api/v1/automations': () => statement({ automation: next('new'), organisation: OWN }),
    'PUT /api/v1/automations/{id}': () => statement({ automation: next('renamed'), organisation: OWN }),
    'POST /api/v1/sources': () => ({ ...sourceOf(office), source: next('source') }),
    'PUT /api/v1/sources/{id}': () => sourceOf(office),
    'POST /api/v1/suppressions': () => ({ ...NOTHING_ELSE, addresses: ['somebody@example.com'] }),
    'POST /api/v1/suppressions/import': () => ({ ...NOTHING_ELSE, csv: 'somebody@example.com' }),
    'POST /api/v1/definitions': () => ({ documents: [statement({ organisation: OWN })] }),
  };
  const document = openApiDocument(MANIFEST.flatMap(({ http }) => (http ? [http] : [])));
  const bodyOf = ({ path, method, body }: Route, key: string): unknown => {
    if (!body) return undefined;
    const operation = document.paths[path]?.[method.toLowerCase()] as {
      requestBody: { content: Record<string, { schema: Record<string, unknown> }> };
    };
    return BODIES[key]?.() ?? sampleOf(operation.requestBody.content['application/json']?.schema ?? {});
  };

  const callAs = async (
    token: string | undefined,
    key: string,
    request: { params?: Record<string, string>; body?: unknown; query?: Record<string, string> },
  ): Promise<Answer> => {
    const door = DOORS.find((one) => one.key === key);
    const handler = handlers.get(door?.name ?? '');
    if (!handler) throw new Error(`tell the matrix who makes the handler of ${door?.name}`);
    const issued = token?.startsWith('os:')
      ? (await (await office.ports.tokens()).issue({ subject: token, epoch: 0 })).token
      : token;
    return ask(handler, key, { ...request, ...(issued !== undefined && { token: issued }) });
  };

  it('has a handler for every function with a door that is not public', () => {
    expect([...new Set(CLOSED.map(({ name }) => name))].sort()).toEqual(Object.keys(HANDLERS).sort());
  });

  it.each(CLOSED)('nobody without a token: $key', async ({ route, key }) => {
    const reply = await callAs(undefined, key, { body: bodyOf(route, key) });
    expect(reply).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
  });

  it.each(FOR_SYSTEMS)(
    'no person, whoever he is, without a client certificate: $key',
    async ({ route, key }) => {
      for (const token of [undefined, 'os:matrix']) {
        const reply = await callAs(token, key, { params: { id: 'x' }, body: bodyOf(route, key) });
        expect(reply).toMatchObject({ status: 403, json: { code: 'client_certificate_required' } });
      }
    },
  );

  /** What of this kind is not there for somebody of this role. */
  const isHidden = (role: Role, resource: string, whose: Whose): boolean => {
    if (whose !== 'foreign') return whose === 'none';
    const confined = organisationsOf(role, [OWN]) !== 'all';
    return PERSONAL.includes(resource) || (confined && OWNED.includes(resource));
  };

  const cellOf = async (role: Role, { route, key }: (typeof CLOSED)[number], whose: Whose) => {
    const caller = await addAccount(role);
    const params = await paramsOf(route, whose, caller);
    const { token } = await beginSession(caller);
    const reply = await callAs(token, key, { ...(params && { params }), body: bodyOf(route, key) });
    return { reply, told: `${whose}: ${reply.status} ${JSON.stringify(reply.json).slice(0, 300)}` };
  };

  const isAllowed = (role: Role, { permission }: Route): boolean =>
    permission === 'token' || permission === 'session' || mayDo({ role }, permission);

  describe.each(ROLES)('%s', (role) => {
    const [mine, denied] = [true, false].map((may) =>
      CLOSED.filter(({ route }) => isAllowed(role, route) === may),
    );

    it.each(denied ?? [])('may not $key', async (door) => {
      for (const whose of resourceOf(door.route) ? WHOSE : (['own'] as const)) {
        const { reply, told } = await cellOf(role, door, whose);
        expect(reply.json.code, told).toBe('forbidden');
      }
    });

    it.each(mine ?? [])('may $key', async (door) => {
      const resource = resourceOf(door.route);
      for (const whose of resource ? WHOSE : (['own'] as const)) {
        const { reply, told } = await cellOf(role, door, whose);
        expect(reply.status, told).toBeLessThan(500);
        expect(DENIED, told).not.toContain(reply.json.code);
        if (resource) expect(reply.status === 404, told).toBe(isHidden(role, resource, whose));
      }
    });
  });

  it('a list shows nothing of another organisation', async () => {
    const foreign = [await addAutomation(FOREIGN), await startRun(FOREIGN)];
    const own = await startRun(OWN);
    const caller = await addAccount('operator');
    const { token } = await beginSession(caller);
    const lists = CLOSED.filter(
      ({ route }) =>
        route.method === 'GET' && !route.path.includes('{') && mayDo({ role: 'operator' }, route.permission),
    );
    expect(lists.length).toBeGreaterThan(8);
    for (const { key } of lists) {
      const text = JSON.stringify((await callAs(token, key, {})).json);
      for (const trace of [FOREIGN, ...foreign]) expect(text, key).not.toContain(trace);
    }
    expect(JSON.stringify((await callAs(token, 'GET /api/v1/runs', {})).json)).toContain(own);
  });

  it('nobody gives an automation to another organisation, or takes one by its name', async () => {
    const caller = await addAccount('operator');
    const { token } = await beginSession(caller);
    const id = await addAutomation(OWN);
    const moved = statement({ automation: next('moved'), organisation: FOREIGN });
    expect(
      (await callAs(token, 'PUT /api/v1/automations/{id}', { params: { id }, body: moved })).status,
    ).toBe(404);
    const foreignId = await addAutomation(FOREIGN);
    const foreign = await (await office.ports.automations()).find(foreignId);
    const taken = statement({ automation: foreign?.spec.name, organisation: OWN });
    const reply = await callAs(token, 'POST /api/v1/definitions', { body: { documents: [taken] } });
    expect(reply.json.code).toBe('name_taken');
    expect((await (await office.ports.automations()).find(foreignId))?.version).toBe(1);
  });

  it.each(CLOSED.filter(({ route }) => route.permission === 'session'))(
    'not with an API token, whatever its scopes: $key',
    async ({ route, key }) => {
      const caller = await addAccount('owner');
      const secret = `tank_${next('secret')}`;
      const token = { name: 'all', scopes: ['*:*'], addressRanges: [], createdAt: 0, expiresAt: 9e15 };
      const hash = office.ports.secretMaker.hash(secret);
      await (await office.ports.apiTokens()).add({ id: next('token'), accountId: caller.id, ...token }, hash);
      const params = await paramsOf(route, 'own', caller);
      const reply = await callAs(secret, key, { ...(params && { params }), body: bodyOf(route, key) });
      expect(reply.json.code).toBe('forbidden');
    },
  );

  it.each(CLOSED)('an API token without the scope, also of an owner: $key', async ({ route, key }) => {
    if (route.permission === 'token') return expect(route.permission).toBe('token');
    const caller = await addAccount('owner');
    const secret = `tank_${next('secret')}`;
    const token = {
      name: 'none',
      scopes: ['nothing:here'],
      addressRanges: [],
      createdAt: 0,
      expiresAt: 9e15,
    };
    const hash = office.ports.secretMaker.hash(secret);
    await (await office.ports.apiTokens()).add({ id: next('token'), accountId: caller.id, ...token }, hash);
    expect((await callAs(secret, key, { body: bodyOf(route, key) })).json.code).toBe('forbidden');
  });
});
