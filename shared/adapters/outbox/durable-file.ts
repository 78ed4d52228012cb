import { link, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const OWNER_ONLY = 0o600;

/** Ends of files that are still being written; what a crash leaves of them is no mail. */
export const UNFINISHED = '.part';

/** Writes a file that is whole or not there; says whether it was there before, and then leaves it as it is. */
export const writeOnce = async (
  folder: string,
  name: string,
  chunks: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<'written' | 'existed'> => {
  const unfinished = join(folder, `.${name}.${process.pid}.${crypto.randomUUID()}${UNFINISHED}`);
  await writeSynced(unfinished, chunks);
  try {
    // A disk may take minutes: a caller who gave up may by now have been told that the file is not there.
    signal.throwIfAborted();
    // A link, unlike a rename, never replaces: the same attempt twice stays one mail.
    await link(unfinished, join(folder, name));
    return 'written';
  } catch (fault) {
    if (isCode(fault, 'EEXIST')) return 'existed';
    throw fault;
  } finally {
    await unlink(unfinished);
  }
};

const writeSynced = async (path: string, chunks: readonly Uint8Array[]): Promise<void> => {
  const file = await open(path, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(Buffer.concat(chunks));
    await file.datasync();
  } catch (fault) {
    await unlink(path).catch(() => undefined);
    throw fault;
  } finally {
    await file.close();
  }
};

export const isCode = (fault: unknown, code: string): boolean =>
  fault instanceof Error && 'code' in fault && fault.code === code;

/** Runs one task for all who ask while another is under way: with many writers a folder is synced once, not for each. */
export class Grouped {
  readonly #task: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  /** Resolves after a run of the task that began after this call. */
  run(): Promise<void> {
    if (!this.#running) return this.#start();
    this.#next ??= this.#running.catch(() => undefined).then(() => this.#start());
    return this.#next;
  }

  #start(): Promise<void> {
    this.#next = undefined;
    const running = this.#task().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
