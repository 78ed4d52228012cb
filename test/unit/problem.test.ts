import { describe, expect, it } from 'vitest';
import { ERRORS, isErrorCode, TankError } from '../../shared/domain/errors.ts';
import { languageOf, statusOf, toProblem } from '../../shared/wire/problem.ts';

describe('the language of a problem', () => {
  it.each([
    [undefined, 'ko'],
    ['', 'ko'],
    ['*', 'ko'],
    ['en', 'en'],
    ['en-US,en;q=0.9', 'en'],
    ['ko-KR,ko;q=0.9,en;q=0.8', 'ko'],
    ['en;q=0.5, ko;q=0.8', 'ko'],
    ['ko;q=0, en', 'en'],
    ['fr-FR, de', 'en'],
    ['fr, ko;q=0.1', 'ko'],
    [';;,,q=', 'ko'],
    ['KO', 'ko'],
  ] as const)('of %j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});

describe('a problem', () => {
  it('tells code, sentence, request and faulty fields', () => {
    const error = new TankError(
      'invalid_request',
      {},
      { fields: [{ field: 'name', problem: 'is missing' }] },
    );
    expect(toProblem(error, { language: 'en', requestId: 'r1' })).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      code: 'invalid_request',
      detail: 'The request has faults; see "errors".',
      requestId: 'r1',
      errors: [{ field: 'name', problem: 'is missing' }],
    });
  });

  it('never tells its cause', () => {
    const error = new TankError('internal', {}, { cause: new Error('password=hunter2') });
    expect(JSON.stringify(toProblem(error, { language: 'ko', requestId: 'r1' }))).not.toContain('hunter2');
  });

  it('has an error status and a title for every code', () => {
    for (const code of Object.keys(ERRORS).filter(isErrorCode)) {
      const problem = toProblem(new TankError(code), { language: 'en', requestId: 'r' });
      expect(problem.status, code).toBeGreaterThanOrEqual(400);
      expect(problem.title, code).not.toBe('Error');
    }
  });

  it.each([
    ['body_too_large', 413],
    ['wrong_method', 405],
    ['unknown_route', 404],
    ['malformed_path', 400],
    ['request_timeout', 408],
    ['unauthenticated', 401],
    ['too_many_requests', 429],
    ['internal', 500],
    ['store_unavailable', 503],
  ] as const)('%s is %i', (code, status) => {
    expect(statusOf(new TankError(code))).toBe(status);
  });
});
