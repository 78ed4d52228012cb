import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { UNFINISHED } from './durable-file.ts';

/**
 * For a host that has the folder to itself: what an earlier life was killed over is no mail, and nobody writes
 * on. What cannot be removed stays: it does no harm, and whoever sends next says what is wrong with the disk.
 */
export const removeUnfinished = async (dataDir: string): Promise<void> => {
  const outbox = join(dataDir, 'outbox');
  for (const run of await namesIn(outbox)) {
    const left = (await namesIn(join(outbox, run))).filter((name) => name.endsWith(UNFINISHED));
    for (const name of left) await unlink(join(outbox, run, name)).catch(() => undefined);
  }
};

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
