import { z } from 'zod';
import { type Api, isOpen, type Route, routeKey } from './api.ts';
import { SESSION_COOKIE } from './cookies.ts';
import { PROBLEM_TYPE } from './problem.ts';

type JsonObject = Readonly<Record<string, unknown>>;

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: JsonObject;
  readonly tags: readonly JsonObject[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly components: JsonObject;
  readonly security: readonly JsonObject[];
}

/** Of the API, as in /api/v1; not of the program. */
const API_VERSION = '1';

/** The document of the API, from the very schemas that validate: what it says is what happens. */
export const openApiDocument = (apis: readonly Api[], version = API_VERSION): OpenApiDocument => {
  const operations = apis.flatMap((api) => Object.entries(api).map(([name, route]) => ({ name, route })));
  refuseTwins(operations.map(({ route }) => routeKey(route)));
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const { name, route } of operations) {
    const path = pathOf(route);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tank', version, description: ABOUT },
    tags: [...new Set(operations.map(({ route }) => tagOf(route)))].map((name) => ({ name })),
    paths,
    components: COMPONENTS,
    security: [{ bearer: [] }, { cookie: [] }],
  };
};

const ABOUT =
  'Success is the resource, or {items, nextCursor}. Every fault is a problem of RFC 9457 with a stable code; its detail is Korean or English by Accept-Language. Unknown fields are refused.';

const refuseTwins = (keys: readonly string[]): void => {
  const twin = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twin) throw new Error(`two functions answer ${twin}`);
};

/** `{proxy+}` is API Gateway's word for the rest of a path; OpenAPI has none. */
const pathOf = ({ path }: Route): string => path.replace(/\{(\w+)\+\}/g, '{$1}');

const tagOf = ({ path }: Route): string => path.replace(/^\/api\/v\d+/, '').split('/')[1] || 'system';

const toOperation = (name: string, route: Route): JsonObject => ({
  operationId: `${tagOf(route)}.${name}`,
  summary: route.summary,
  tags: [tagOf(route)],
  'x-permission': route.permission,
  ...(route.permission === 'public' && { security: [] }),
  ...(route.permission === 'client' && { security: [{ certificate: [] }] }),
  parameters: [
    ...parameters('path', route.params),
    ...parameters('query', route.query),
    ...parameters('header', route.headers),
  ],
  ...(route.body && {
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: toSchema(route.body, 'input') },
        ...(route.rawBody && { [route.rawBody]: { schema: { type: 'string', format: 'binary' } } }),
      },
    },
  }),
  responses: { [route.status]: toReply(route), ...problemsOf(route) },
});

const toReply = (route: Route): JsonObject => {
  if (route.status === 204) return { description: 'Done' };
  if (route.status === 302)
    return { description: 'Elsewhere', headers: { Location: { schema: { type: 'string' } } } };
  const schema = route.produces ? { type: 'string' } : toSchema(route.reply, 'output');
  return {
    description: 'Done',
    ...(route.versioned && { headers: { ETag: { schema: { type: 'string' }, description: ETAG } } }),
    content: {
      [route.produces ?? 'application/json']: { schema },
      ...(route.streams && { [route.streams]: { schema: { type: 'string' } } }),
    },
  };
};

const ETAG = 'The version; If-Match takes it';

const parameters = (place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined): JsonObject[] => {
  if (!schema) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
};

const toSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonObject => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
};

const problem = (description: string): JsonObject => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
});

const problemsOf = (route: Route): JsonObject => ({
  ...((route.body || route.query || route.params) && { 400: problem('The request has faults') }),
  ...(!isOpen(route) && { 401: problem('No valid token') }),
  ...(!['public', 'token'].includes(route.permission) && { 403: problem('Not allowed') }),
  default: problem('Any other fault; its code names it'),
});

const COMPONENTS = {
  securitySchemes: {
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    certificate: { type: 'mutualTLS', description: 'Of a client of the gateway' },
    cookie: {
      type: 'apiKey',
      in: 'cookie',
      name: SESSION_COOKIE,
      description: 'Of a browser; what changes something needs X-CSRF-Token as well',
    },
  },
  schemas: {
    Problem: {
      type: 'object',
      required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
      properties: {
        type: { type: 'string', format: 'uri' },
        title: { type: 'string' },
        status: { type: 'integer' },
        code: { type: 'string', description: 'Stable; what programs decide by' },
        detail: { type: 'string' },
        instance: { type: 'string' },
        mend: { type: 'string', description: 'What a person does about it' },
        requestId: { type: 'string' },
        errors: {
          type: 'array',
          items: {
            type: 'object',
            required: ['field', 'problem'],
            properties: { field: { type: 'string' }, problem: { type: 'string' } },
          },
        },
      },
    },
  },
};
