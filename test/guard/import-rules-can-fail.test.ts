import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeImports } from './rules/judge-imports.ts';
import { filesOf } from './rules/source-files.ts';

/** One file of each room; `other` rooms belong to another function or adapter. */
const FILES = {
  domain: 'shared/domain/pace.ts',
  wire: 'shared/wire/api.ts',
  ports: 'shared/ports/queue.ts',
  keys: 'shared/config/keys.ts',
  config: 'shared/config/load.ts',
  middleware: 'shared/middleware/batch.ts',
  adapter: 'shared/adapters/smtp/send.ts',
  'own adapter': 'shared/adapters/sql/dialect.ts',
  source: 'shared/adapters/sources/oracle/read.ts',
  'use case': 'shared/use-cases/feed-queue.ts',
  app: 'shared/app.ts',
  manifest: 'functions/manifest.ts',
  index: 'functions/auth/index.ts',
  handler: 'functions/auth/handler.ts',
  verb: 'functions/auth/sign-in.ts',
  'own index': 'functions/enqueue/index.ts',
  'own handler': 'functions/enqueue/handler.ts',
  'own verb': 'functions/enqueue/expand.ts',
  local: 'local/daemon.ts',
  infra: 'infra/app.ts',
  test: 'test/unit/pace.test.ts',
} as const;
type Name = keyof typeof FILES;

/** The law once more, by hand: which of the files above a new file at this path may import. */
const LAW: readonly (readonly [path: string, allowed: readonly Name[]])[] = [
  ['shared/domain/new.ts', ['domain']],
  ['shared/wire/new.ts', ['domain', 'wire']],
  ['shared/ports/new.ts', ['domain', 'ports']],
  ['shared/config/new.ts', ['domain', 'config', 'keys']],
  ['shared/middleware/new.ts', ['domain', 'wire', 'ports', 'middleware']],
  ['shared/adapters/sql/new.ts', ['domain', 'ports', 'own adapter']],
  ['shared/adapters/sources/postgres/new.ts', ['domain', 'ports', 'source']],
  ['shared/adapters/sources/new.ts', ['domain', 'ports', 'source']],
  ['shared/use-cases/new.ts', ['domain', 'wire', 'ports', 'use case']],
  ['shared/app/new.ts', ['domain', 'ports', 'keys', 'config', 'adapter', 'own adapter', 'source', 'app']],
  ['functions/enqueue/new.ts', ['domain', 'wire', 'ports', 'use case', 'own verb']],
  [
    'functions/enqueue/handler.ts',
    ['domain', 'wire', 'ports', 'middleware', 'use case', 'own handler', 'own verb'],
  ],
  ['functions/enqueue/index.ts', ['app', 'own handler']],
  ['functions/manifest.ts', ['domain', 'wire']],
  [
    'local/new.ts',
    ['domain', 'wire', 'ports', 'keys', 'config', 'app', 'manifest', 'index', 'own index', 'local'],
  ],
  ['infra/new.ts', ['keys', 'manifest', 'infra']],
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tank-rooms-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const judge = (path: string, text: string) => {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return judgeImports(filesOf(folder, ['functions', 'shared', 'local', 'infra'], ['.ts']));
};

const reach = (from: string, to: string) => {
  const relative = posix.relative(posix.dirname(from), to);
  return relative.startsWith('.') ? relative : `./${relative}`;
};

test.each(LAW)('a file at %s may import what the law says, and nothing else', (path, allowed) => {
  const others = (Object.keys(FILES) as Name[]).filter((name) => FILES[name] !== path);
  const open = others.filter(
    (name) => judge(path, `import { something } from '${reach(path, FILES[name])}';`).length === 0,
  );
  expect(open.sort()).toEqual(allowed.filter((name) => FILES[name] !== path).sort());
});

describe('a forbidden import is seen', () => {
  const target = '../adapters/sql/dialect.ts';
  test.each([
    ['with names', `import { a } from '${target}';`],
    ['for its effect', `import '${target}';`],
    ['for a type', `import type { A } from '${target}';`],
    ['in an export', `export { a } from '${target}';`],
    ['in an export of everything', `export * from '${target}';`],
    ['in an export of a type', `export type { A } from '${target}';`],
    ['when it is loaded later', `export const a = async () => (await import('${target}')).a;`],
    ['inside a type', `export type A = import('${target}').A;`],
    ['through require', `const a = require('${target}');`],
    ['through a require of its own', `const a = createRequire(import.meta.url)('${target}');`],
    ['as a built-in module', `const a = process.getBuiltinModule('node:fs');`],
    ['under a computed name', 'export const load = (name: string) => import(name);'],
  ])('%s', (_, text) => {
    expect(judge('shared/domain/new.ts', text)).toHaveLength(1);
  });
});

describe('what is open in one way only', () => {
  test('the manifest takes types of ports, and no values', () => {
    expect(judge('functions/manifest.ts', `import type { Q } from '../shared/ports/queue.ts';`)).toEqual([]);
    expect(judge('functions/manifest.ts', `import { Q } from '../shared/ports/queue.ts';`)).toHaveLength(1);
  });

  test('the manifest loads functions later, and not at once', () => {
    expect(judge('functions/manifest.ts', `export const load = () => import('./auth/index.ts');`)).toEqual(
      [],
    );
    expect(judge('functions/manifest.ts', `import { handler } from './auth/index.ts';`)).toHaveLength(1);
  });

  test("an adapter uses its vendor's package, and nobody else does", () => {
    expect(judge('shared/adapters/log/new.ts', `import { pino } from 'pino';`)).toEqual([]);
    expect(judge('shared/adapters/sql/new.ts', `import { pino } from 'pino';`)).toHaveLength(1);
  });

  test('a verb names a type of zod, and makes no schema', () => {
    expect(judge('functions/enqueue/expand.ts', `import type { z } from 'zod';`)).toEqual([]);
    expect(judge('functions/enqueue/expand.ts', `import { z } from 'zod';`)).toHaveLength(1);
  });

  test('a use case reads neither disk nor network', () => {
    expect(judge('functions/enqueue/expand.ts', `import { readFile } from 'node:fs/promises';`)).toHaveLength(
      1,
    );
  });

  test('a file in no room is refused', () => {
    expect(judge('shared/utils.ts', 'export const a = 1;')).toEqual([
      'shared/utils.ts stands in no room of the house',
    ]);
  });
});
