import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { build, ensureBuilt } from '../../local/setup/build.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tank-build-'));
  write('package-lock.json', '{}');
  write('shared/count.ts', `export const counted: string[] = [];`);
  for (const name of ['auth', 'enqueue']) {
    write(
      `functions/${name}/index.ts`,
      `import { counted } from '../../shared/count.ts'; export const handler = () => counted.push('${name}');`,
    );
  }
  write('shared/unused.ts', 'export const unused = 1;');
  write('shared/adapters/sqlite/thread.ts', 'export const thread = 1;');
  write(
    'local/main.ts',
    `import { createRequire } from 'node:module';
     const auth = await import('../functions/auth/index.ts'); const enqueue = await import('../functions/enqueue/index.ts');
     auth.handler(); console.log(enqueue.handler(), process.argv.slice(2).join(), typeof createRequire);`,
  );
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const chunks = () => readdirSync(join(root, 'dist/chunks')).filter((name) => name.endsWith('.mjs'));

test('the command line and the handlers share one copy of every module', async () => {
  await build(root);
  const printed = execFileSync(process.execPath, [join(root, 'dist/local/main.mjs'), 'a', 'b'], {
    encoding: 'utf8',
  });
  expect(printed).toBe('2 a,b function\n');
  expect(existsSync(join(root, 'dist/sqlite-thread.mjs'))).toBe(true);
});

test('nothing is built when nothing changed', async () => {
  expect(await ensureBuilt(root)).toBe(true);
  expect(await ensureBuilt(root)).toBe(false);
});

test.each([
  ['a changed source', () => write('shared/count.ts', `export const counted: string[] = ['changed'];`)],
  ['a new source', () => write('shared/more.ts', 'export const more = 1;')],
  ['a removed source', () => rmSync(join(root, 'shared/unused.ts'))],
  ['a changed lock file', () => write('package-lock.json', '{"changed":true}')],
])('%s is built', async (_, change) => {
  await ensureBuilt(root);
  change();
  expect(await ensureBuilt(root)).toBe(true);
});

test('a running daemon keeps its chunks for a day, and no longer', async () => {
  const replaced = await replacedChunk(ensureBuilt);
  expect(chunks()).toContain(replaced);

  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
  utimesSync(join(root, 'dist/chunks', replaced), twoDaysAgo, twoDaysAgo);
  write('shared/count.ts', `export const counted: string[] = ['again'];`);
  await ensureBuilt(root);
  expect(chunks()).not.toContain(replaced);
});

test('a build by hand leaves nothing of the last one', async () => {
  const replaced = await replacedChunk(build);
  expect(chunks()).not.toContain(replaced);
});

/** Builds twice, and names the chunk that the second build had no more use for. */
const replacedChunk = async (builder: (root: string) => Promise<unknown>): Promise<string> => {
  await builder(root);
  const before = chunks();
  write('shared/count.ts', `export const counted: string[] = ['changed'];`);
  await builder(root);
  const meta = JSON.parse(readFileSync(join(root, 'dist/meta.json'), 'utf8'));
  const replaced = before.find((name) => !meta.outputs[`dist/chunks/${name}`]);
  return replaced ?? expect.fail('no chunk was replaced');
};
