import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MANIFEST } from '../../functions/manifest.ts';
import { route, routeKey } from '../../shared/wire/api.ts';
import { openApiDocument } from '../../shared/wire/openapi.ts';

/** The form of an operation, as OpenAPI 3.1 demands it and as Tank fills it. */
/** What is not here wants what the whole document wants: a token or a session. */
const SECURITY_OF: Readonly<Record<string, unknown>> = { public: [], client: [{ certificate: [] }] };

const Operation = z.strictObject({
  operationId: z.string().regex(/^[\w-]+\.\w+$/),
  summary: z.string().min(5),
  tags: z.array(z.string()).length(1),
  'x-permission': z.string(),
  security: z.array(z.record(z.string(), z.tuple([]))).optional(),
  parameters: z.array(
    z.strictObject({
      name: z.string(),
      in: z.enum(['path', 'query', 'header']),
      required: z.boolean(),
      schema: z.looseObject({}),
    }),
  ),
  requestBody: z
    .looseObject({ content: z.looseObject({ 'application/json': z.looseObject({}) }) })
    .optional(),
  responses: z.record(z.string().regex(/^[1-5]\d\d$|^default$/), z.looseObject({ description: z.string() })),
});

const apis = MANIFEST.flatMap(({ http }) => (http ? [http] : []));
const document = openApiDocument(apis, '1.2.3');
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method,
    operation: Operation.parse(operation),
  })),
);

const everyValue = (node: unknown): unknown[] =>
  typeof node === 'object' && node !== null ? [node, ...Object.values(node).flatMap(everyValue)] : [node];

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 with a title, a version and the bearer scheme', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Tank', version: '1.2.3' },
      security: [{ bearer: [] }, { cookie: [] }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('has every route of the manifest, and no other', () => {
    const routes = apis.flatMap((api) => Object.values(api).map(routeKey)).sort();
    expect(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(routes);
    expect(routes.length).toBeGreaterThan(0);
  });

  it('names each operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes exactly the parameters that the path has', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
      ).toEqual(inPath);
    }
  });

  it('has no reference that leads nowhere', () => {
    const references = everyValue(document).flatMap((node) =>
      typeof node === 'object' && node !== null && '$ref' in node ? [String(node.$ref)] : [],
    );
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      const [root, ...steps] = reference.split('/');
      expect(root).toBe('#');
      const target = steps.reduce<unknown>(
        (node, step) => (node as Record<string, unknown>)?.[step],
        document,
      );
      expect(target, reference).toBeDefined();
    }
  });

  it('opens without a token only what is public', () => {
    for (const { operation } of operations) {
      expect(operation.security).toEqual(SECURITY_OF[String(operation['x-permission'])]);
    }
  });

  it('says the problem for every fault', () => {
    for (const { operation } of operations) {
      expect(operation.responses.default).toMatchObject({
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      });
    }
  });

  it('is made from the schemas that validate', () => {
    const api = {
      add: route('POST', '/api/v1/boxes/{id}', 'Add a box', {
        permission: 'runs:start',
        params: z.strictObject({ id: z.string().max(5) }),
        query: z.strictObject({ limit: z.coerce.number().int().max(9).default(3) }),
        body: z.strictObject({ name: z.string().min(2), kind: z.enum(['a', 'b']).optional() }),
        reply: z.strictObject({ ok: z.boolean() }),
        status: 202,
      }),
    };
    expect(openApiDocument([api], '1').paths['/api/v1/boxes/{id}']?.post).toMatchObject({
      operationId: 'boxes.add',
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 5 } },
        { name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 9, default: 3 } },
      ],
      requestBody: {
        content: {
          'application/json': {
            schema: {
              required: ['name'],
              additionalProperties: false,
              properties: { name: { minLength: 2 }, kind: { enum: ['a', 'b'] } },
            },
          },
        },
      },
      responses: {
        202: { content: { 'application/json': { schema: { required: ['ok'] } } } },
        400: {},
        401: {},
        403: {},
      },
    });
  });

  it('refuses two functions that answer the same', () => {
    const one = { a: route('GET', '/x', 'One', { permission: 'public', reply: z.string() }) };
    expect(() => openApiDocument([one, { b: one.a }], '1')).toThrow('GET /x');
  });
});
