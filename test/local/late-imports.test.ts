import { beforeAll, expect, test } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { lateImportsOf } from '../guard/rules/late-imports.ts';
import { filesOf, ROOT } from '../guard/rules/source-files.ts';
import { readMeta } from '../support/artifact.ts';

beforeAll(() => ensureBuilt(), 60_000);

/** A CommonJS package gives its names to Node's import(), and only `default` to the bundle's. */
test('what is taken from a package that loads late is there in the bundle too', () => {
  const { inputs, outputs } = readMeta();
  const exportsOf = (input: string) =>
    Object.values(outputs).find(({ entryPoint }) => entryPoint === input)?.exports;

  const missing = filesOf(ROOT, ['functions', 'shared', 'local'], ['.ts']).flatMap((file) =>
    lateImportsOf(file).flatMap(({ specifier, names }) => {
      const bundled = inputs[file.path]?.imports.find(
        ({ original, kind }) => original === specifier && kind === 'dynamic-import',
      );
      const offered = bundled && !bundled.external && exportsOf(bundled.path);
      return offered
        ? names
            .filter((name) => !offered.includes(name))
            .map((name) => `${file.path}: ${name} of ${specifier}`)
        : [];
    }),
  );
  expect(missing).toEqual([]);
});

test.each([
  ["const { Pool } = await import('pg');", { specifier: 'pg', names: ['Pool'] }],
  ["const { Pool: P } = await import('pg');", { specifier: 'pg', names: ['Pool'] }],
  ["const pool = (await import('pg')).Pool;", { specifier: 'pg', names: ['Pool'] }],
  ["const pg = await import('pg');", { specifier: 'pg', names: [] }],
])('it is read out of: %s', (text, found) => {
  expect(lateImportsOf({ path: 'a.ts', text })).toEqual([found]);
});
