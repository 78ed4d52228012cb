import { describe, expect, test } from 'vitest';
import {
  consoleCalls,
  environmentReads,
  expectsSomething,
  foreignAddresses,
  hasKebabName,
  lineCount,
} from './rules/conventions.ts';
import { importsOf } from './rules/imports.ts';
import { filesOf, pathsBeneath, ROOT, type SourceFile } from './rules/source-files.ts';

const HOUSE = ['functions', 'shared', 'local', 'infra'];
const sources = filesOf(ROOT, HOUSE, ['.ts', '.tsx']);

describe('the environment', () => {
  const READERS = /^shared\/config\/(load|environment)\.ts$/;

  test('is read by the configuration only', () => {
    expect(sources.filter(({ path }) => !READERS.test(path)).flatMap(environmentReads)).toEqual([]);
  });

  test.each([
    'const a = process.env.A;',
    "const a = process['env'];",
    'const a = globalThis.process.env;',
    'const { env } = process;',
    'const { env: surroundings } = process;',
    "import { env } from 'node:process';",
  ])('is seen to be read in: %s', (text) => {
    expect(environmentReads({ path: 'a.ts', text })).toHaveLength(1);
  });
});

describe('the console', () => {
  test('is used by the local host only', () => {
    expect(sources.filter(({ path }) => !path.startsWith('local/')).flatMap(consoleCalls)).toEqual([]);
  });

  test.each(["console.log('a');", "globalThis.console.error('a');", "console['warn']('a');"])(
    'is seen to be used in: %s',
    (text) => {
      expect(consoleCalls({ path: 'a.ts', text }).length).toBeGreaterThan(0);
    },
  );

  test('is not mistaken for the function of that name', () => {
    expect(consoleCalls({ path: 'a.ts', text: "import { a } from './console/a.ts'; a();" })).toEqual([]);
  });
});

describe('the length of files', () => {
  const NOTICE = 250;
  const LIMIT = 300;
  /** A longer file needs a reason. */
  const LONGER: Readonly<Record<string, string>> = {
    'shared/domain/errors.ts': 'one closed list, with a sentence in each language for every error',
    'shared/config/keys.ts': 'one list of all settings',
    'shared/ports/ledger.ts':
      'one port with the records of its methods, so that the whole contract is in sight',
  };

  test(`is at most ${LIMIT} lines`, () => {
    const long = sources.filter((file) => lineCount(file) > NOTICE);
    for (const file of long)
      console.warn(`${file.path} has ${lineCount(file)} lines; from ${LIMIT} on the guard refuses it`);
    expect(
      long.filter((file) => lineCount(file) > LIMIT && !LONGER[file.path]).map(({ path }) => path),
    ).toEqual([]);
  });

  test('is counted', () => {
    expect(lineCount({ path: 'a.ts', text: 'a\n'.repeat(301) })).toBe(301);
  });
});

describe('names of files', () => {
  test('are kebab-case', () => {
    const paths = [...HOUSE, 'test', 'docs', '.ci'].flatMap((place) => pathsBeneath(ROOT, place));
    expect(paths.filter((path) => !hasKebabName(path))).toEqual([]);
  });

  test.each(['shared/sendBatch.ts', 'shared/Send.ts', 'shared/send_batch.ts'])('refuse %s', (path) => {
    expect(hasKebabName(path)).toBe(false);
  });
});

describe('addresses', () => {
  /** test.com stands in the golden vectors of masking, the endpoint of SES in URLs; the others prove foreign forms. */
  const EXCUSED = [
    'test.com',
    'example.co.kr',
    '한국.kr',
    'xn--3e0b707e.kr',
    '메일.한국',
    'xn--h32bq4v.xn',
    '-example.com',
    'email-smtp.ap-northeast-2.amazonaws.com',
  ];
  const written = filesOf(
    ROOT,
    [
      ...HOUSE,
      'test',
      'docs',
      '.ci',
      '.env.example',
      'README.md',
      'README.ko.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
    ],
    ['.ts', '.mjs', '.json', '.md', '.yaml', '.eml', '.sh', '.example', '.ci/run'],
  ).filter(({ path }) => path !== 'test/guard/conventions.test.ts');

  test('are all made up', () => {
    expect(written.flatMap((file) => foreignAddresses(file, EXCUSED))).toEqual([]);
  });

  test.each(['kim@bank.co.kr', 'Kim <kim.minjun@gmail.com>', '길동@메일.kr'])('like %s are found', (text) => {
    expect(foreignAddresses({ path: 'a.md', text })).toHaveLength(1);
  });

  test.each([
    'kim@example.com',
    'kim@mail.example.com',
    '@middy/core@6.4.5',
    'smtp://user:password@host:587',
  ])('like %s belong to nobody', (text) => {
    expect(foreignAddresses({ path: 'a.md', text })).toEqual([]);
  });
});

describe('test files', () => {
  const tests = filesOf(ROOT, ['test'], ['.ts']);
  const byPath = new Map(tests.map((file) => [file.path, file]));

  test('expect something, by themselves or in a suite that they call', () => {
    const empty = tests
      .filter(({ path }) => path.endsWith('.test.ts'))
      .filter((file) => !reachesAnExpectation(file, byPath));
    expect(empty.map(({ path }) => path)).toEqual([]);
  });

  test('that expect nothing are found', () => {
    const file = { path: 'test/unit/a.test.ts', text: "import { test } from 'vitest'; test('a', () => {});" };
    expect(reachesAnExpectation(file, new Map())).toBe(false);
  });
});

const reachesAnExpectation = (
  file: SourceFile,
  byPath: ReadonlyMap<string, SourceFile>,
  seen = new Set<string>(),
): boolean => {
  if (seen.has(file.path)) return false;
  seen.add(file.path);
  if (expectsSomething(file)) return true;
  return importsOf(file).some(({ specifier }) => {
    const next = specifier?.startsWith('.') && byPath.get(resolved(file.path, specifier));
    return next ? reachesAnExpectation(next, byPath, seen) : false;
  });
};

const resolved = (from: string, specifier: string): string =>
  new URL(specifier, `file:///${from}`).pathname.slice(1);
