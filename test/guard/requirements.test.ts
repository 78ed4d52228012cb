import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Duty, dutiesOf, faultsOfDuty } from './rules/documents.ts';
import { ROOT } from './rules/source-files.ts';

const CHAPTERS = { A: 28, B: 10, C: 7, D: 12, E: 17 };
const duties = dutiesOf(readFileSync(join(ROOT, 'docs/requirements.md'), 'utf8'));
const there = (path: string) => existsSync(join(ROOT, path));

test('every duty is listed once, in order', () => {
  const all = Object.entries(CHAPTERS).flatMap(([chapter, count]) =>
    Array.from({ length: count }, (_, index) => `${chapter}${index + 1}`),
  );
  expect(duties.map(({ id }) => id)).toEqual(all);
});

test('every duty is open, or names files and tests that are there', () => {
  expect(duties.flatMap((duty) => faultsOfDuty(duty, there))).toEqual([]);
});

test.each<[string, Partial<Duty>]>([
  ['an unknown state', { state: 'maybe' }],
  ['a duty that is done without a test', { state: 'done', files: ['package.json'] }],
  ['an open duty that names files', { state: 'open', files: ['package.json'] }],
  ['a file that is gone', { state: 'part', files: ['gone.ts'], tests: ['package.json'] }],
])('%s is found', (_, duty) => {
  expect(faultsOfDuty({ id: 'A1', state: 'open', files: [], tests: [], ...duty }, there)).toHaveLength(1);
});
