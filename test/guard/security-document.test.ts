import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dutiesOf, faultsOfLine, type SecurityLine, securityLinesOf } from './rules/documents.ts';
import { ROOT } from './rules/source-files.ts';

const CHAPTERS = { A: 28, D: 12, E: 17 };
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const there = (path: string) => existsSync(join(ROOT, path));
const lines = securityLinesOf(read('docs/security.md'));

test('every line of A, D and E is there once, in order', () => {
  const all = Object.entries(CHAPTERS).flatMap(([chapter, count]) =>
    Array.from({ length: count }, (_, index) => `${chapter}${index + 1}`),
  );
  expect(lines.map(({ id }) => id)).toEqual(all);
});

test('every line names code and tests that are there, or says that it is not built', () => {
  expect(lines.flatMap((line) => faultsOfLine(line, there))).toEqual([]);
});

test('what is open or half done says what is missing', () => {
  const duties = new Map(dutiesOf(read('docs/requirements.md')).map(({ id, state }) => [id, state]));
  const silent = lines.filter(({ id, gap }) => duties.get(id) !== 'done' && gap === '—');
  const boasting = lines.filter(({ id, gap }) => duties.get(id) === 'done' && gap.startsWith('Not built.'));
  expect([...silent, ...boasting].map(({ id }) => id)).toEqual([]);
});

test.each<[string, Partial<SecurityLine>]>([
  ['code that is gone', { code: ['functions/gone.ts'] }],
  ['a test that is gone', { tests: ['test/gone.test.ts'] }],
  ['a line without a test', { tests: [] }],
  ['a line that says nothing about what is missing', { gap: '' }],
  ['a line that is not built and does not say so', { code: [], tests: [], gap: 'soon' }],
])('%s is found', (_, change) => {
  const line = { id: 'D1', code: ['package.json'], tests: ['package.json'], gap: '—', ...change };
  expect(faultsOfLine(line, there)).toHaveLength(1);
});
