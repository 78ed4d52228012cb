import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog, type LogOptions } from '../../../shared/adapters/log/pino-log.ts';
import { TankError } from '../../../shared/domain/errors.ts';

const NOON = new Date(2026, 10, 20, 12, 0).getTime();
const DAY = 24 * 60 * 60 * 1000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tank-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const logToLines = (options: Partial<LogOptions> = {}) => {
  const lines: string[] = [];
  const sink = { write: (line: string) => lines.push(line) };
  return { log: createLog({ level: 'info', to: 'stdout', now: () => NOON, ...options }, sink), lines };
};
const only = (lines: readonly string[]) => {
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] as string);
};

describe('a line', () => {
  test('is JSON with time, level, event and fields', () => {
    const { log, lines } = logToLines();
    log.info('run finished', { run: 'r1', sent: 997 });
    expect(lines[0]).toMatch(/\n$/);
    expect(only(lines)).toEqual({
      time: new Date(NOON).toISOString(),
      level: 'info',
      event: 'run finished',
      run: 'r1',
      sent: 997,
    });
  });

  test.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['silent', 0],
  ] as const)('of the level %s and above is written', (level, count) => {
    const { log, lines } = logToLines({ level });
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(lines).toHaveLength(count);
  });

  test.each(['kim.minjun@example.com', 'Kim <kim@example.com>', '길동＠example.com'])(
    'never holds an address: %s',
    (value) => {
      const { log, lines } = logToLines();
      log.warn('odd', { value, run: 'r1' });
      expect(only(lines)).toMatchObject({ value: '[redacted]', run: 'r1' });
    },
  );
});

describe('a cause', () => {
  const driverError = () => {
    const error = Object.assign(new Error('duplicate row for kim@example.com, balance 1200'), {
      code: 'ORA-00001',
    });
    return new TankError('source_query_failed', { source: 'core-db', reason: 'ORA-00001' }, { cause: error });
  };

  test('is told by names, codes and the facts of our own errors', () => {
    const { log, lines } = logToLines();
    log.error('query failed', { run: 'r1' }, driverError());
    expect(only(lines).causes).toEqual([
      { name: 'TankError', code: 'source_query_failed', facts: { source: 'core-db', reason: 'ORA-00001' } },
      { name: 'Error', code: 'ORA-00001' },
    ]);
  });

  test('shows its frames in the file only, and its messages nowhere', () => {
    const log = createLog({ level: 'info', to: { folder }, now: () => NOON });
    log.error('query failed', {}, driverError());
    const written = readFileSync(join(folder, 'tank-2026-11-20.log'), 'utf8');
    expect(JSON.parse(written).causes[1].frames[0]).toContain('log.test.ts');
    expect(written).not.toMatch(/kim|balance|1200/);
  });

  test('hides a message whose lines look like frames', () => {
    const log = createLog({ level: 'info', to: { folder }, now: () => NOON });
    log.error('odd', {}, new Error('first\n    at Kim (kim:1:1)'));
    const written = readFileSync(join(folder, 'tank-2026-11-20.log'), 'utf8');
    expect(written).toContain('log.test.ts');
    expect(written).not.toMatch(/kim/i);
  });

  test('whose message was changed after it was thrown shows no frames', () => {
    const log = createLog({ level: 'info', to: { folder }, now: () => NOON });
    const error = new Error('for\n    at Kim (kim:1:1)');
    error.message = 'hidden';
    log.error('odd', {}, error);
    expect(readFileSync(join(folder, 'tank-2026-11-20.log'), 'utf8')).not.toMatch(/kim/i);
  });

  test.each([
    ['a string', 'call kim@example.com', 'not an error: string'],
    ['a sentence as a code', Object.assign(new Error('x'), { code: 'no such customer: Kim' }), 'Error'],
  ])('that is %s tells nothing of it', (_, cause, name) => {
    const { log, lines } = logToLines();
    log.error('odd', {}, cause);
    expect(only(lines).causes).toEqual([{ name }]);
  });

  test('that is its own cause ends', () => {
    const { log, lines } = logToLines();
    const error = new Error('round');
    error.cause = error;
    log.error('odd', {}, error);
    expect(only(lines).causes).toHaveLength(6);
  });
});

describe('the files', () => {
  const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o777;

  test('are one a day, each for its owner only', () => {
    let now = NOON;
    const log = createLog({ level: 'info', to: { folder: join(folder, 'logs') }, now: () => now });
    log.info('first');
    log.info('second');
    now += DAY;
    log.info('third');
    expect(readdirSync(join(folder, 'logs'))).toEqual(['tank-2026-11-20.log', 'tank-2026-11-21.log']);
    expect(readFileSync(join(folder, 'logs/tank-2026-11-20.log'), 'utf8').trimEnd().split('\n')).toHaveLength(
      2,
    );
    expect([modeOf('logs'), modeOf('logs/tank-2026-11-20.log')]).toEqual([0o700, 0o600]);
  });

  test('are continued, and closed to others, when they were there before', () => {
    writeFileSync(join(folder, 'tank-2026-11-20.log'), 'before\n');
    chmodSync(join(folder, 'tank-2026-11-20.log'), 0o644);
    createLog({ level: 'info', to: { folder }, now: () => NOON }).info('after');
    expect(readFileSync(join(folder, 'tank-2026-11-20.log'), 'utf8')).toMatch(/^before\n\{.*"after"/);
    expect(modeOf('tank-2026-11-20.log')).toBe(0o600);
  });

  test('that cannot be written stop nobody', () => {
    writeFileSync(join(folder, 'taken'), '');
    const log = createLog({ level: 'info', to: { folder: join(folder, 'taken') }, now: () => NOON });
    expect(() => log.info('lost')).not.toThrow();
  });
});
