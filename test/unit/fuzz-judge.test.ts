import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../shared/wire/openapi.ts';
import { problemOf } from '../fuzz/draw.ts';
import { createJudge, type FuzzAnswer } from '../fuzz/judge.ts';

const documented = {
  path: '/api/v1/things',
  responses: {
    200: {
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['id'],
            properties: { id: { type: 'string' } },
            additionalProperties: false,
          },
        },
      },
    },
    204: {},
  },
};
const right: FuzzAnswer = {
  status: 200,
  headers: { 'content-type': 'application/json', 'x-request-id': 'r', 'x-content-type-options': 'nosniff' },
  body: '{"id":"a"}',
  ms: 5,
};
const problem = {
  type: 'urn:tank:error:not_found',
  title: 'Not found',
  status: 404,
  code: 'not_found',
  detail: 'No.',
  requestId: 'r',
};
const refusal = (body: object, status = 404): Partial<FuzzAnswer> => ({
  status,
  headers: { ...right.headers, 'content-type': 'application/problem+json' },
  body: JSON.stringify(body),
});
const PROBLEM = problemOf(openApiDocument([]));
const judge = (change: Partial<FuzzAnswer>) => createJudge(PROBLEM)(documented, { ...right, ...change });

describe('the judge of generated requests', () => {
  it.each<[string, Partial<FuzzAnswer>]>([
    ['an answer as documented', {}],
    ['an empty one', { status: 204, body: '' }],
    ['a problem', refusal(problem)],
    [
      'a source that is gone',
      refusal(
        { ...problem, type: 'urn:tank:error:source_unreachable', code: 'source_unreachable', status: 503 },
        503,
      ),
    ],
  ])('has nothing against %s', (_, change) => {
    expect(judge(change)).toBeUndefined();
  });

  it.each<[string, Partial<FuzzAnswer>, RegExp]>([
    ['a crash', refusal({ ...problem, status: 500, code: 'internal' }, 500), /is 500/],
    ['an outage', refusal({ ...problem, status: 503, code: 'store_unavailable' }, 503), /is 503/],
    ['a hang', { ms: 2_001 }, /took/],
    ['a field too many', { body: '{"id":"a","hash":"x"}' }, /not as documented/],
    ['a field too few', { body: '{}' }, /not as documented/],
    ['no JSON', { body: 'id' }, /not as documented/],
    ['another status', { status: 202 }, /status/],
    ['another type', { headers: { ...right.headers, 'content-type': 'text/html' } }, /type/],
    ['a body where none is', { status: 204, body: 'x' }, /body/],
    ['a stack', refusal({ ...problem, detail: 'x\n    at run (file.ts:1:2)' }), /insides|not as/],
    ['words of the engine', { body: '{"id":"SQLITE_BUSY"}' }, /insides/],
    ['a problem without its code', refusal({ ...problem, code: undefined }), /not as documented/],
    ['a problem of a code that nobody knows', refusal({ ...problem, code: 'oops' }), /not as documented/],
    ['a problem that says another status', refusal(problem, 400), /another status/],
    ['a problem with a field that is not documented', refusal({ ...problem, sql: 'x' }), /not as documented/],
    ['a fault in plain JSON', { status: 400, body: JSON.stringify(problem) }, /fault of the type/],
    ['no request id', { headers: { ...right.headers, 'x-request-id': undefined } }, /request id/],
    [
      'no security headers',
      { headers: { ...right.headers, 'x-content-type-options': undefined } },
      /security headers/,
    ],
  ])('finds %s', (_, change, fault) => {
    expect(judge(change)).toMatch(fault);
  });
});
