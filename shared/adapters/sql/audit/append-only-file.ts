import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Lines that are only ever added: one file a month, which its owner alone may read. */
export interface AppendOnlyFile {
  /** On the disk when it returns. */
  append(lines: readonly string[]): Promise<void>;
  /** Of all months from the one of this time on, the oldest first. */
  lines(since: number): AsyncIterable<string>;
}

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 'YYYY-MM'.length);

export const openAppendOnlyFile = (folder: string, name: string, now: () => number): AppendOnlyFile => ({
  append: async (lines) => {
    if (lines.length === 0) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${name}-${monthOf(now())}.jsonl`);
    const file = await open(path, 'a', 0o600);
    try {
      // One write call, so that two processes do not mix their lines.
      await file.appendFile(lines.map((line) => `${line}\n`).join(''));
      await file.datasync();
    } finally {
      await file.close();
    }
  },

  lines: async function* (since) {
    const all = await readdir(folder).catch(() => []);
    const first = `${name}-${monthOf(since)}`;
    const months = all
      .filter((file) => file.startsWith(`${name}-`) && file.endsWith('.jsonl') && file >= first)
      .sort();
    for (const month of months) {
      // Piece by piece, so that others have their turn meanwhile.
      const file = await open(join(folder, month));
      for await (const line of file.readLines()) if (line !== '') yield line;
    }
  },
});
