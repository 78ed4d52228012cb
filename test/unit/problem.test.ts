import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, TankError } from '../../shared/domain/errors.ts';
import { languageOf, statusOf, toProblem } from '../../shared/wire/problem.ts';

const options = { requestId: 'r1', language: 'en' } as const;

describe('a problem', () => {
  it('has the form of RFC 9457, with our code and the request id', () => {
    const { status, headers, body } = toProblem(new TankError('not_found', { what: 'run' }), {
      ...options,
      instance: '/api/v1/runs/x',
    });
    expect(status).toBe(404);
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'content-language': 'en',
      'cache-control': 'no-store',
    });
    expect(body).toEqual({
      type: 'urn:tank:error:not_found',
      title: 'Not found',
      status: 404,
      code: 'not_found',
      detail: 'There is no such run.',
      instance: '/api/v1/runs/x',
      requestId: 'r1',
    });
  });

  it('speaks Korean', () => {
    const { body } = toProblem(new TankError('forbidden'), { requestId: 'r1', language: 'ko' });
    expect(body).toMatchObject({ title: '접근 거부', detail: '이 작업을 할 권한이 없습니다.' });
  });

  it('names the fields at fault', () => {
    const fields = [{ field: 'name', problem: 'too short' }];
    expect(toProblem(new TankError('invalid_request', {}, { fields }), options).body.errors).toEqual(fields);
  });

  it('never shows what caused it', () => {
    const cause = new Error('password of Kim is hunter2');
    const shown = JSON.stringify(toProblem(new TankError('internal', {}, { cause }), options));
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain('at ');
  });

  it('says what HTTP demands: the challenge, the methods, the wait', () => {
    expect(toProblem(new TankError('unauthenticated'), options).headers['www-authenticate']).toMatch(
      /^Bearer/,
    );
    expect(toProblem(new TankError('wrong_method', { allowed: 'GET, POST' }), options).headers.allow).toBe(
      'GET, POST',
    );
    expect(
      toProblem(new TankError('too_many_requests', { seconds: 3 }), options).headers['retry-after'],
    ).toBe('3');
  });

  it.each(Object.keys(ERRORS) as ErrorCode[])('%s has a status of a fault', (code) => {
    expect(statusOf(code)).toBeGreaterThanOrEqual(400);
    expect(statusOf(code)).toBeLessThan(600);
  });
});

describe('the language of a reply', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['ko', 'ko'],
    ['ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7', 'ko'],
    ['en-US,en;q=0.9,ko;q=0.8', 'en'],
    ['en;q=0.5, ko', 'ko'],
    ['fr, ko;q=0.1', 'ko'],
    ['ko;q=0', 'en'],
    ['fr', 'en'],
    ['kok', 'en'],
    [';;q=,,ko;q=x', 'en'],
  ])('%j → %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
