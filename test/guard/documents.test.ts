import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { linksIn, npmScriptsIn, pathsNamedIn } from './rules/documents.ts';
import { filesOf, ROOT } from './rules/source-files.ts';

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const documents = filesOf(
  ROOT,
  ['README.md', 'README.ko.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs'],
  ['.md'],
);
const there = (path: string) => existsSync(join(ROOT, path));

describe.each(documents)('$path', ({ path, text }) => {
  test('names only commands that package.json has', () => {
    expect(npmScriptsIn(text).filter((name) => !scripts[name])).toEqual([]);
  });

  test('points only at files that are there', () => {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    expect(linksIn(text).filter((link) => !there(join(folder, link)))).toEqual([]);
    expect(pathsNamedIn(text).filter((named) => !there(named))).toEqual([]);
  });
});

test('both READMEs tell of the same commands', () => {
  const commandsOf = (path: string) =>
    npmScriptsIn(documents.find((document) => document.path === path)?.text ?? '').sort();
  expect(commandsOf('README.ko.md')).toEqual(commandsOf('README.md'));
});

test('a command, a link and a path that are wrong are found', () => {
  const wrong =
    '`npm run nothing`, [there](docs/nowhere.md), `functions/nobody`; https is [elsewhere](https://example.com)';
  expect(npmScriptsIn(wrong)).toEqual(['nothing']);
  expect(linksIn(wrong)).toEqual(['docs/nowhere.md']);
  expect(pathsNamedIn(wrong)).toEqual(['functions/nobody']);
});
