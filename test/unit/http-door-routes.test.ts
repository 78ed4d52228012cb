import { describe, expect, it } from 'vitest';
import { createMatcher } from '../../local/http-door/routes.ts';
import { routeTo } from '../fixtures/doors.ts';

const match = createMatcher([
  routeTo('GET', '/runs'),
  routeTo('POST', '/runs'),
  routeTo('GET', '/runs/{id}'),
  routeTo('DELETE', '/runs/{id}'),
  routeTo('GET', '/runs/live'),
  routeTo('GET', '/runs/{id}/sends/{key}'),
  routeTo('GET', '/runs/live/tail'),
  routeTo('GET', '/console/{proxy+}'),
  routeTo('GET', '/console/assets/{proxy+}'),
  routeTo('GET', '/'),
]);

const found = (method: string, path: string) => {
  const result = match(method, path);
  return result.kind === 'found' ? [result.route.path, result.pathParameters] : result.kind;
};

describe('a route is found', () => {
  it.each([
    ['GET', '/runs', '/runs', {}],
    ['GET', '/', '/', {}],
    ['GET', '/runs/live', '/runs/live', {}],
    ['DELETE', '/runs/live', '/runs/{id}', { id: 'live' }],
    ['GET', '/runs/r%201', '/runs/{id}', { id: 'r 1' }],
    ['GET', '/runs/%EA%B0%80', '/runs/{id}', { id: '가' }],
    ['GET', '/runs/live/sends/0007', '/runs/{id}/sends/{key}', { id: 'live', key: '0007' }],
    ['GET', '/runs/__proto__', '/runs/{id}', { id: '__proto__' }],
    ['GET', '/console/a/b%2Fc', '/console/{proxy+}', { proxy: 'a/b/c' }],
    ['GET', '/console/assets/app.js', '/console/assets/{proxy+}', { proxy: 'app.js' }],
    ['HEAD', '/runs/7', '/runs/{id}', { id: '7' }],
  ])('%s %s → %s %j', (method, path, template, parameters) => {
    expect(found(method, path)).toEqual([template, parameters]);
  });
});

describe('nothing is found', () => {
  it.each([
    '/run',
    '/runs/',
    '/runs//sends/1',
    '/console',
    '/console/',
    '/RUNS',
    '/%72uns',
    '//runs',
    '/runs/..',
    '/console/../runs',
    '/console/%2e%2e/x',
  ])('at %s', (path) => {
    expect(found('GET', path)).toBe('unknown');
  });
});

describe('a wrong method', () => {
  it('names every method of the path, and those that the door adds', () => {
    expect(match('PATCH', '/runs')).toEqual({
      kind: 'wrong_method',
      path: '/runs',
      allowed: ['GET', 'HEAD', 'OPTIONS', 'POST'],
    });
  });

  it('joins the methods of all templates that fit', () => {
    const result = match('PATCH', '/runs/live');
    expect(result.kind === 'wrong_method' && result.allowed).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS']);
  });
});

describe('broken percent-encoding', () => {
  it.each(['/runs/%', '/runs/%zz', '/runs/%E0%A4%A', '/runs/%B0%A1', '/nowhere/%', '/runs/a%00b'])(
    '%s is malformed',
    (path) => {
      expect(() => match('GET', path)).toThrow(expect.objectContaining({ code: 'malformed_path' }));
    },
  );
});

it('refuses a manifest that lists one route twice', () => {
  expect(() => createMatcher([routeTo('GET', '/a'), routeTo('GET', '/a')])).toThrow(
    /GET \/a is listed twice/,
  );
});
