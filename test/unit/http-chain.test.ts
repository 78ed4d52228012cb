import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TankError } from '../../shared/domain/errors.ts';
import type { ROLES } from '../../shared/domain/permissions.ts';
import { type HttpHandler, httpChain } from '../../shared/middleware/http-chain.ts';
import { route } from '../../shared/wire/api.ts';
import { line, text } from '../../shared/wire/text.ts';
import { ask, httpEvent, identityPorts, lambdaContext } from '../fixtures/identity.ts';

const boxApi = {
  open: route('GET', '/boxes/{id}', 'Open a box', {
    permission: 'public',
    params: z.strictObject({ id: z.string().max(5) }),
    query: z.strictObject({ limit: z.coerce.number().int().max(9).default(3) }),
    reply: z.strictObject({ id: z.string(), limit: z.number() }),
  }),
  add: route('POST', '/boxes', 'Add a box', {
    permission: 'runs:start',
    body: z.strictObject({ name: line(1, 20), note: text(0, 40).optional() }),
    bodyLimit: 200,
    status: 201,
    reply: z.strictObject({ name: z.string(), note: z.string().optional() }),
  }),
  list: route('GET', '/boxes', 'List boxes', {
    permission: 'token',
    reply: z.string(),
    produces: 'text/csv; charset=utf-8',
  }),
  burn: route('DELETE', '/boxes', 'Burn all boxes', { permission: 'public', reply: z.void(), status: 204 }),
  leak: route('GET', '/leak', 'Say too much', {
    permission: 'public',
    reply: z.strictObject({ name: z.string() }),
  }),
};

describe('the chain of an HTTP function', () => {
  let world: Awaited<ReturnType<typeof identityPorts>>;
  let handler: HttpHandler;
  let burn: () => void;

  beforeEach(async () => {
    world = await identityPorts();
    burn = () => {};
    handler = httpChain(
      boxApi,
      {
        open: async ({ params, query }) => ({ id: params.id, limit: query.limit }),
        add: async ({ body, principal }) => ({
          name: `${body.name} of ${principal.role}`,
          ...(body.note !== undefined && { note: body.note }),
        }),
        list: async () => 'a,b\n',
        burn: async () => burn(),
        leak: async () => ({ name: 'x', passwordHash: 'y' }),
      },
      world.ports,
    );
  });

  const tokenFor = async (role: (typeof ROLES)[number], mustChangePassword = false) => {
    const account = await world.addAccount(role, role, { mustChangePassword });
    return (await world.tokens.issue({ subject: account.id, epoch: account.epoch })).token;
  };

  it('gives the operation what the schemas made of the request', async () => {
    const reply = await ask(handler, 'GET /boxes/{id}', { params: { id: 'b1' }, query: { limit: '7' } });
    expect(reply).toMatchObject({ status: 200, json: { id: 'b1', limit: 7 } });
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': 'request-1',
    });
  });

  it('answers in other types, and without content', async () => {
    const token = await tokenFor('viewer');
    const reply = await handler(httpEvent('GET /boxes', { token }), lambdaContext());
    expect(reply).toMatchObject({ statusCode: 200, body: 'a,b\n' });
    expect(reply.headers?.['content-type']).toBe('text/csv; charset=utf-8');
    expect(await ask(handler, 'DELETE /boxes')).toMatchObject({ status: 204, json: {} });
  });

  it.each(['GET /nowhere', '$default', '', 'GET /boxes/b1'])('knows no %j', async (key) => {
    expect((await ask(handler, key)).json.code).toBe('unknown_route');
  });

  describe('security headers', () => {
    it.each(['GET /boxes/{id}', 'GET /nowhere'])('are on every reply, also on faults: %s', async (key) => {
      const { headers } = await ask(handler, key, { params: { id: 'b1' } });
      expect(headers).toMatchObject({
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'strict-origin-when-cross-origin',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
      });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe-inline');
      expect(headers['permissions-policy']).toContain('camera=()');
      for (const name of Object.keys(headers)) expect(name).toBe(name.toLowerCase());
    });
  });

  describe('who may', () => {
    const add = (token?: string, body: unknown = { name: 'n' }) =>
      ask(handler, 'POST /boxes', { body, ...(token !== undefined && { token }) });

    it('nobody without a token, and the body is not even looked at', async () => {
      const reply = await ask(handler, 'POST /boxes', { rawBody: '{nonsense' });
      expect(reply.status).toBe(401);
      expect(reply.headers['www-authenticate']).toMatch(/^Bearer/);
      expect(reply.headers['content-type']).toBe('application/problem+json');
    });

    it.each(['Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'bearer'])(
      'not with the header %j',
      async (authorization) => {
        expect((await ask(handler, 'GET /boxes', { headers: { authorization } })).status).toBe(401);
      },
    );

    it.each([
      ['owner', 201],
      ['operator', 201],
      ['admin', 403],
      ['viewer', 403],
      ['auditor', 403],
    ] as const)('a role that holds the permission: %s gets %d', async (role, status) => {
      expect((await add(await tokenFor(role))).status).toBe(status);
    });

    it('nobody with a one-time password, but for the own account', async () => {
      const token = await tokenFor('owner', true);
      expect((await add(token)).json.code).toBe('password_change_required');
      expect(await handler(httpEvent('GET /boxes', { token }), lambdaContext())).toMatchObject({
        statusCode: 200,
      });
    });

    it('not whose account is gone, or whose epoch is over', async () => {
      const stranger = (await world.tokens.issue({ subject: 'nobody', epoch: 1 })).token;
      expect((await add(stranger)).status).toBe(401);
      const account = await world.addAccount('owner');
      const old = (await world.tokens.issue({ subject: account.id, epoch: 1 })).token;
      await world.accounts.changePassword(account.id, account.passwordHash ?? '', 1);
      expect((await add(old)).status).toBe(401);
    });

    it("the machine's administrator, whom the commands stand for", async () => {
      const { token } = await world.tokens.issue({ subject: 'os:tankmail', epoch: 0 });
      expect(await add(token)).toMatchObject({ status: 201, json: { name: 'n of owner' } });
    });
  });

  describe('what it takes', () => {
    let token: string;
    beforeEach(async () => {
      token = await tokenFor('operator');
    });
    const add = (request: Parameters<typeof ask>[2]) => ask(handler, 'POST /boxes', { token, ...request });

    it('refuses a body that is no JSON, and says nothing of it', async () => {
      const reply = await add({ rawBody: '{"name":"secret-value' });
      expect(reply).toMatchObject({ status: 400, json: { code: 'malformed_json' } });
      expect(JSON.stringify([reply, world.lines])).not.toContain('secret-value');
    });

    it('refuses no body at all', async () => {
      expect((await add({ headers: { 'content-type': 'application/json' } })).json.code).toBe(
        'malformed_json',
      );
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/json', ''])(
      'refuses the content type %j',
      async (type) => {
        const reply = await add({ body: { name: 'n' }, headers: { 'content-type': type } });
        expect(reply).toMatchObject({ status: 415, json: { code: 'wrong_content_type' } });
      },
    );

    it.each([
      'application/json; charset=utf-8',
      'application/json;charset=UTF-8',
      'Application/JSON',
      'application/vnd.tank+json',
    ])('takes the content type %j', async (type) => {
      expect((await add({ body: { name: 'n' }, headers: { 'content-type': type } })).status).toBe(201);
    });

    it('reads a body in base64, as API Gateway may send it', async () => {
      const event = {
        ...httpEvent('POST /boxes', { token, body: {} }),
        body: Buffer.from('{"name":"n"}').toString('base64'),
        isBase64Encoded: true,
      };
      expect((await handler(event, lambdaContext())).statusCode).toBe(201);
    });

    it('refuses a body beyond the limit of its route, counted in bytes', async () => {
      const reply = await add({ body: { name: '가'.repeat(70) } });
      expect(reply).toMatchObject({ status: 413, json: { code: 'body_too_large' } });
    });

    it('names every field at fault, in the language of the caller', async () => {
      const body = { name: '', extra: 1 };
      const english = await add({ body });
      expect(english).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
      expect(english.json.errors).toEqual([
        { field: 'name', problem: expect.stringContaining('Too small') },
        { field: 'extra', problem: 'There is no such field.' },
      ]);
      const korean = await add({
        body,
        headers: { 'content-type': 'application/json', 'accept-language': 'ko-KR' },
      });
      expect(korean.json).toMatchObject({
        title: '잘못된 요청',
        errors: [{ field: 'name' }, { field: 'extra', problem: '없는 필드입니다.' }],
      });
    });

    it.each([[null], [[]], ['text'], [7]])('refuses a body that is no object: %j', async (body) => {
      expect((await add({ body })).json).toMatchObject({
        code: 'invalid_request',
        errors: [{ field: 'body' }],
      });
    });

    it('refuses unknown query parameters, and parameters at fault', async () => {
      const unknown = await ask(handler, 'GET /boxes/{id}', { params: { id: 'b1' }, query: { sort: 'x' } });
      expect(unknown.json.errors).toEqual([{ field: 'query.sort', problem: 'There is no such field.' }]);
      expect((await ask(handler, 'DELETE /boxes', { query: { all: '1' } })).status).toBe(400);
      expect(
        (await ask(handler, 'GET /boxes/{id}', { params: { id: 'toolong' } })).json.errors,
      ).toMatchObject([{ field: 'params.id' }]);
    });

    it('takes free text as NFC without control characters; lines stay where text has lines', async () => {
      const reply = await add({
        body: { name: ` ${'가'.normalize('NFD')}\u0000\u0007 나\n다 `, note: 'a\u001b[31m\nb\u0085' },
      });
      expect(reply.json).toEqual({ name: '가 나 다 of operator', note: 'a[31m\nb' });
    });

    it('is not fooled by __proto__', async () => {
      const reply = await add({ rawBody: '{"name":"n","__proto__":{"role":"owner"}}' });
      expect(reply.json).toMatchObject({ code: 'invalid_request' });
    });
  });

  describe('when something goes wrong', () => {
    it('says `internal` to the caller and the cause to the log', async () => {
      burn = () => {
        throw new Error('the match at /etc/box is wet');
      };
      const reply = await ask(handler, 'DELETE /boxes');
      expect(reply).toMatchObject({ status: 500, json: { code: 'internal', requestId: 'request-1' } });
      expect(JSON.stringify(reply)).not.toMatch(/wet|stack|\.ts:/);
      const line = world.lines.find(({ level }) => level === 'error');
      expect(line).toMatchObject({
        event: 'http_request',
        fields: { requestId: 'request-1', operation: 'burn', status: 500, code: 'internal' },
      });
      expect(String(line?.cause)).toContain('wet');
    });

    it('passes on what an operation says by name', async () => {
      burn = () => {
        throw new TankError('run_already_live', { run: 'r1' });
      };
      expect(await ask(handler, 'DELETE /boxes')).toMatchObject({
        status: 409,
        json: { detail: 'Run r1 of this automation has not ended yet.' },
      });
    });

    it('rather fails than lets out what the document does not name', async () => {
      const reply = await ask(handler, 'GET /leak');
      expect(reply.status).toBe(500);
      expect(JSON.stringify(reply)).not.toContain('passwordHash');
    });

    it.each([{}, { headers: undefined }, { requestContext: undefined }, { routeKey: undefined }])(
      'survives an event without %j',
      async (hole) => {
        const event = { ...httpEvent('DELETE /boxes'), ...hole } as ReturnType<typeof httpEvent>;
        const reply = await handler(event, lambdaContext());
        expect([204, 404]).toContain(reply.statusCode);
      },
    );

    it('keeps requests apart that share one context object', async () => {
      const context = lambdaContext();
      const replies = await Promise.all(
        ['b1', 'b2', 'b3'].map((id) => handler(httpEvent('GET /boxes/{id}', { params: { id } }), context)),
      );
      expect(replies.map(({ body }) => JSON.parse(body ?? '').id)).toEqual(['b1', 'b2', 'b3']);
      expect(context).not.toHaveProperty('call');
    });
  });

  it('logs one line a request', async () => {
    await ask(handler, 'GET /boxes/{id}', { params: { id: 'b1' } });
    expect(world.lines).toEqual([
      expect.objectContaining({
        level: 'info',
        event: 'http_request',
        fields: expect.objectContaining({ operation: 'open', status: 200, requestId: 'request-1' }),
      }),
    ]);
  });
});

describe('the compiler', () => {
  it('misses an operation that is not there, and one of another form', async () => {
    const { ports } = await identityPorts();
    const api = { burn: boxApi.burn, leak: boxApi.leak };
    const leak = async () => ({ name: 'x' });
    // @ts-expect-error burn is missing
    httpChain(api, { leak }, ports);
    // @ts-expect-error the reply has no number
    httpChain(api, { burn: async () => {}, leak: async () => ({ name: 7 }) }, ports);
    httpChain(
      api,
      {
        burn: async () => {},
        // @ts-expect-error nobody is signed in on a public route
        leak: async ({ principal }) => ({ name: principal.name }),
      },
      ports,
    );
    expect(api).toBeDefined();
  });
});
