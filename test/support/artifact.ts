import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

export const readMeta = (): Metafile => JSON.parse(readFileSync(join(ROOT, 'dist/meta.json'), 'utf8'));

/** Everything that importing this output loads at once; what is loaded with import() comes later, if ever. */
export const loadedAtImport = (meta: Metafile, output: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(output)) return seen;
  seen.add(output);
  for (const { path, kind, external } of meta.outputs[output]?.imports ?? []) {
    if (kind === 'import-statement' && !external) loadedAtImport(meta, path, seen);
  }
  return seen;
};

export const bytesOf = (meta: Metafile, outputs: Iterable<string>): number =>
  [...outputs].reduce((sum, output) => sum + (meta.outputs[output]?.bytes ?? 0), 0);

/** dist/ as Lambda gets it: alone in a folder, with no packages beside it. */
export const unpackArtifact = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tank-artifact-'));
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  return folder;
};

/** Node 20 has no SQLite of its own: the one package that may stand beside the artifact. */
export const addSqliteFallback = (folder: string): void => {
  const require = createRequire(import.meta.url);
  const add = (name: string): void => {
    const target = join(folder, 'node_modules', name);
    if (existsSync(target)) return;
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(ROOT, 'node_modules', name), target, { recursive: true, dereference: true });
    Object.keys(require(`${name}/package.json`).dependencies ?? {}).forEach(add);
  };
  add('@photostructure/sqlite');
};

export interface Invocation {
  readonly node: string;
  /** The folder of `unpackArtifact`. */
  readonly folder: string;
  readonly name: string;
  /** None: the handler is only imported. */
  readonly event?: unknown;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Invoked {
  readonly handler: string;
  readonly importMs: number;
  /** As Lambda tells it: nothing is null. */
  readonly result: unknown;
}

/** A process of its own that imports a built handler as Lambda does, gives it one event and tells the answer. */
export const invoke = async ({ node, folder, name, event, env }: Invocation): Promise<Invoked> => {
  const entry = posix.join(folder, 'dist/functions', name, 'index.mjs');
  const args = ['--input-type=module', '--eval', INVOKER, entry, JSON.stringify(event ?? null)];
  const { stdout } = await run(node, args, {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      TANK_LOG_LEVEL: 'silent',
      TANK_DATA_DIR: mkdtempSync(join(folder, 'data-')),
      ...env,
    },
    timeout: 30_000,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '', readBody);
};

/** The JSON text in a reply's body, read, so that a test can ask for a part of it. */
const readBody = (key: string, value: unknown): unknown =>
  key === 'body' && typeof value === 'string' && value.startsWith('{') ? JSON.parse(value) : value;

const INVOKER = `
  const [entry, event] = process.argv.slice(1);
  const started = performance.now();
  const { handler } = await import(entry);
  const importMs = performance.now() - started;
  const context = { awsRequestId: 'r-1', functionName: 'test', getRemainingTimeInMillis: () => 30000 };
  const given = JSON.parse(event);
  const result = given && await handler(given, context);
  process.stdout.write('\\n' + JSON.stringify({ handler: typeof handler, importMs, result: result ?? null }) + '\\n', () => process.exit(0));
`;
