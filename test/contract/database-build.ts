import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const THREAD_SOURCE = 'shared/adapters/sqlite/thread.ts';

/** A folder for a test's files: databases, and sources bundled as the product's build does it. */
export const temporaryFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'tank-database-'));
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'));
  return {
    path,
    async bundle(source: string): Promise<URL> {
      const outfile = join(path, `${source.replaceAll('/', '-')}.mjs`);
      await build({
        entryPoints: [join(root, source)],
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
        target: 'node20',
      });
      return pathToFileURL(outfile);
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
};

export type TemporaryFolder = Awaited<ReturnType<typeof temporaryFolder>>;
