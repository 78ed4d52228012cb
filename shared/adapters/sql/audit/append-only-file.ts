import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lines that are only ever added: one file a month, which its owner alone may read. */
export interface AppendOnlyFile {
  /** On the disk when it returns. */
  append(lines: readonly string[]): Promise<void>;
  /** Of all months, the oldest first. */
  lines(): AsyncIterable<string>;
}

const MONTH = 'YYYY-MM'.length;

export const openAppendOnlyFile = (folder: string, name: string, now: () => number): AppendOnlyFile => ({
  append: async (lines) => {
    if (lines.length === 0) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${name}-${new Date(now()).toISOString().slice(0, MONTH)}.jsonl`);
    const file = await open(path, 'a', 0o600);
    try {
      // One write call, so that two processes do not mix their lines.
      await file.appendFile(lines.map((line) => `${line}\n`).join(''));
      await file.datasync();
    } finally {
      await file.close();
    }
  },

  lines: async function* () {
    const all = await readdir(folder).catch(() => []);
    const months = all.filter((file) => file.startsWith(`${name}-`) && file.endsWith('.jsonl')).sort();
    for (const month of months) {
      const content = await readFile(join(folder, month), 'utf8');
      yield* content.split('\n').filter((line) => line !== '');
    }
  },
});
