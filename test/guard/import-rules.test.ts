import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Exemption, judgeImports } from './rules/judge-imports.ts';
import { PACKAGES } from './rules/packages.ts';
import { filesOf, ROOT } from './rules/source-files.ts';

const EXEMPTIONS: readonly Exemption[] = [
  {
    file: 'local/tank.mjs',
    specifier: '?',
    reason: 'loads dist/local/main.mjs, which is there only after the build',
  },
];

const houseFiles = () => filesOf(ROOT, ['functions', 'shared', 'local', 'infra'], ['.ts', '.mjs']);

test('every import of the house obeys the table of rooms', () => {
  expect(judgeImports(houseFiles(), EXEMPTIONS)).toEqual([]);
});

test('no exemption outlives what it excuses', () => {
  const faults = judgeImports(houseFiles());
  expect(EXEMPTIONS.filter(({ file }) => !faults.some((fault) => fault.startsWith(file)))).toEqual([]);
});

test('every package that ships has its room', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(Object.keys(dependencies).filter((name) => !PACKAGES[name])).toEqual([]);
});
