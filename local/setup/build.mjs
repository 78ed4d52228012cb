import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const SOURCES = ['functions', 'shared', 'local'];
const STAMP = 'dist/.built';
const META = 'dist/meta.json';
const DAY_MS = 24 * 60 * 60 * 1000;

/** Builds dist/ when a source is other than at the last build; returns whether there was anything to do. */
export const ensureBuilt = async (root = ROOT) => {
  const fingerprint = fingerprintOf(root);
  const stamp = join(root, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return false;
  await build(root, { keepYoungerThanMs: DAY_MS });
  return true;
};

/** Size and time of every source, so that a removed file counts as a change too. */
const fingerprintOf = (root) => {
  const hash = createHash('sha256').update(process.versions.node);
  const files = [
    ...SOURCES.flatMap((folder) => filesBeneath(join(root, folder))),
    join(root, 'package-lock.json'),
  ];
  for (const file of files.sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
};

const filesBeneath = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

/** Every handler, the command line and the SQLite thread at once, so that there is one copy of each module. */
export const build = async (root = ROOT, { keepYoungerThanMs = 0 } = {}) => {
  const esbuild = await import('esbuild');
  const fingerprint = fingerprintOf(root);
  const result = await esbuild.build({ ...OPTIONS, absWorkingDir: root, entryPoints: entryPointsOf(root) });
  const files = [
    ...chunksFirst(result.outputFiles, root),
    { path: join(root, META), contents: JSON.stringify(result.metafile) },
    { path: join(root, STAMP), contents: fingerprint },
  ];
  for (const file of files) replace(file);
  prune(root, new Set(files.map((file) => file.path)), keepYoungerThanMs);
  return result.metafile;
};

const OPTIONS = {
  outdir: 'dist',
  bundle: true,
  splitting: true,
  write: false,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  // A package's ES module form first: import() of a CommonJS bundle yields no named exports.
  mainFields: ['module', 'main'],
  // @photostructure/sqlite is the fallback where there is no node:sqlite; the others are optional natives that pg and oracledb look for.
  external: ['@photostructure/sqlite', 'pg-native', 'pg-cloudflare'],
  // CommonJS packages call require() for Node's own modules, and an ES module has none.
  banner: {
    js: "import{createRequire as tankCreateRequire}from'node:module';const require=tankCreateRequire(import.meta.url);",
  },
  logLevel: 'warning',
  plugins: [
    {
      // `import text from './page.html?raw'`, as Vite has it: what a browser loads travels as text.
      name: 'raw',
      setup: ({ onResolve, onLoad }) => {
        onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
          path: resolve(resolveDir, path.replace('?raw', '')),
          namespace: 'raw',
        }));
        onLoad({ filter: /^/, namespace: 'raw' }, ({ path }) => ({
          contents: readFileSync(path, 'utf8'),
          loader: 'text',
        }));
      },
    },
  ],
};

/** One folder under functions/ is one function. */
export const entryPointsOf = (root) => [
  ...readdirSync(join(root, 'functions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'functions', entry.name, 'index.ts')))
    .map(({ name }) => ({ in: `functions/${name}/index.ts`, out: `functions/${name}/index` })),
  { in: 'local/main.ts', out: 'local/main' },
  // A worker thread is loaded by its path, which chunks know as ../sqlite-thread.mjs.
  { in: 'shared/adapters/sqlite/thread.ts', out: 'sqlite-thread' },
];

/** Another process may start while this one writes: it must never meet an entry whose chunks are not there yet. */
const chunksFirst = (files, root) => {
  const isChunk = (file) => file.path.startsWith(join(root, 'dist/chunks'));
  return [...files.filter(isChunk), ...files.filter((file) => !isChunk(file))];
};

const replace = ({ path, contents }) => {
  mkdirSync(dirname(path), { recursive: true });
  const half = `${path}.${process.pid}.part`;
  writeFileSync(half, contents);
  renameSync(half, path);
};

/** Chunks of the last build stay for a day: a daemon that runs from them may not have loaded all of them. */
const prune = (root, wanted, keepYoungerThanMs) => {
  for (const file of filesBeneath(join(root, 'dist'))) {
    if (!wanted.has(file) && Date.now() - statSync(file).mtimeMs >= keepYoungerThanMs)
      rmSync(file, { force: true });
  }
};

const buildByHand = async () => {
  const started = Date.now();
  const { outputs } = await build();
  const code = Object.keys(outputs).filter((path) => path.endsWith('.mjs'));
  const bytes = code.reduce((sum, path) => sum + outputs[path].bytes, 0);
  console.log(`dist/ holds ${(bytes / 1024).toFixed(0)} KB of code, built in ${Date.now() - started} ms`);
};

// esbuild has said by then what is wrong and where.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await buildByHand().catch(() => process.exit(1));
