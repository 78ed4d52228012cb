import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oracleDialect } from '../../../shared/adapters/sql/dialects/oracle.ts';
import { MIGRATIONS, renderDdl } from '../../../shared/adapters/sql/migrations.ts';
import { oracleFaults } from './read-oracle.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const ADAPTERS = join(ROOT, 'shared/adapters/sql');
const CONFIG = join(ROOT, 'vitest.oracle.config.ts');

const folder = mkdtempSync(join(tmpdir(), 'tank-oracle-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** All tests that work a store, once more, with every statement written down in Oracle's words. */
const capture = async (): Promise<readonly string[]> => {
  const file = join(folder, 'statements.jsonl');
  const child = spawn(process.execPath, [VITEST, 'run', '--config', CONFIG, '--reporter', 'dot'], {
    cwd: ROOT,
    env: { ...process.env, TANK_TEST_SQL_FILE: file },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`the tests that are listened to failed: exit ${status}`);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return [...new Set(lines)].map((line) => JSON.parse(line) as string);
};

const compact = (sql: string): string => sql.replace(/\s+/g, ' ').trim();

/** The beginnings of all statements and subqueries that stand in the sources, up to their first open word. */
const written = (): readonly string[] =>
  readdirSync(ADAPTERS, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
    if (!file.endsWith('.ts') || /migrat|tables|dialect/.test(file)) return [];
    const source = readFileSync(join(ADAPTERS, file), 'utf8');
    const found = source.matchAll(/[`'"](?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b[^`'"$?]*/g);
    return [...found].map(([text]) => compact(text.slice(1)));
  });

const faulty = (statements: readonly string[]) => {
  const faults = oracleFaults(statements);
  return statements.flatMap((sql, i) => (faults[i] ? [{ fault: faults[i], sql: compact(sql) }] : []));
};

describe('what Oracle would be asked, read by an outside parser', () => {
  let statements: readonly string[];
  beforeAll(async () => {
    statements = await capture();
  }, 900_000);

  it('is understood, every statement of it', () => {
    expect(statements.length).toBeGreaterThan(300);
    expect(faulty(statements)).toEqual([]);
  });

  it('is everything that the adapters of the store ask', () => {
    const all = statements.map(compact);
    expect(written().filter((text) => !all.some((sql) => sql.includes(text)))).toEqual([]);
  });

  it('is understood where the tables are made', () => {
    const ddl = MIGRATIONS.flatMap(({ statements: all }) => all.map((sql) => renderDdl(sql, oracleDialect)));
    expect(faulty(ddl)).toEqual([]);
  });
});

it.each([
  ['SELECT 1 AS a', 'a SELECT has no FROM'],
  ['SELECT a FROM b LIMIT 5', 'LIMIT is not known to Oracle'],
  ['SELECT a FROM b WHERE ? = 1', 'a bind has no name'],
  ['SELECT a FROM session', 'session is a reserved word'],
  ['SELECT a FROM b WHERE a % 2 = 1', 'Mod is not known to Oracle'],
  ['INSERT INTO a (b) VALUES (1) ON CONFLICT (b) DO NOTHING', 'OnConflict is not known to Oracle'],
  ['SELECT a FROM b WHERE', expect.any(String)],
])('the reading itself finds the fault of %s', (sql, fault) => {
  expect(oracleFaults([sql])).toEqual([fault]);
});
