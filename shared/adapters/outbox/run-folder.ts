import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { MailPlan } from '../../domain/mime/compose.ts';
import { Grouped, isCode, UNFINISHED, writeOnce } from './durable-file.ts';

const FOLDER_MODE = 0o700;
const INDEX = 'index.jsonl';
/** What a crash left unfinished is removed when it is so old that nobody can still be writing it. */
const ABANDONED_MS = 10 * 60_000;

export interface IndexEntry {
  readonly attemptId: string;
  readonly at: string;
  readonly file: string;
  readonly bytes: number;
}

/** The mails of one run. The files are the truth; the index is a list of them for people. */
export class RunFolder {
  readonly #path: string;
  #unlisted: IndexEntry[];
  readonly #settle = new Grouped(() => this.#syncAndList());

  private constructor(path: string, unlisted: IndexEntry[]) {
    this.#path = path;
    this.#unlisted = unlisted;
  }

  static async open(path: string, parent: string, now: number): Promise<RunFolder> {
    await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    await syncFolder(parent);
    const folder = new RunFolder(path, await reconcile(path, now));
    await folder.#settle.run();
    return folder;
  }

  /** Durable when it returns; once the signal is aborted, nothing is put there any more. */
  async add(plan: MailPlan, chunks: readonly Uint8Array[], now: number, signal: AbortSignal): Promise<void> {
    const file = fileOf(plan.attemptId);
    const result = await writeOnce(this.#path, file, chunks, signal);
    if (result === 'written') {
      this.#unlisted.push({
        attemptId: plan.attemptId,
        at: new Date(now).toISOString(),
        file,
        bytes: plan.size,
      });
    }
    await this.#settle.run();
  }

  /** The index is written after the sync and without one of its own: what it misses is added when the folder is opened. */
  async #syncAndList(): Promise<void> {
    const entries = this.#unlisted;
    this.#unlisted = [];
    await syncFolder(this.#path);
    if (entries.length > 0) await appendPrivately(join(this.#path, INDEX), entries.map(toLine).join(''));
  }
}

export const fileOf = (attemptId: string): string => `${attemptId}.eml`;

const toLine = (entry: IndexEntry): string => `${JSON.stringify(entry)}\n`;

/** Makes the names in a folder durable. */
export const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await folder.sync().finally(() => folder.close());
};

const appendPrivately = async (path: string, text: string): Promise<void> => {
  const file = await open(path, 'a', 0o600);
  await file.appendFile(text).finally(() => file.close());
};

/** After a crash: ends a torn last line, removes abandoned parts, and finds the mails that the index does not list. */
const reconcile = async (path: string, now: number): Promise<IndexEntry[]> => {
  const names = await readdir(path);
  await removeAbandoned(path, names, now);
  const listed = await readIndex(join(path, INDEX));
  const missing = names.filter((name) => name.endsWith('.eml') && !listed.has(name));
  return Promise.all(missing.map((name) => entryOf(path, name)));
};

const removeAbandoned = async (path: string, names: readonly string[], now: number): Promise<void> => {
  for (const name of names.filter((candidate) => candidate.endsWith(UNFINISHED))) {
    const found = await stat(join(path, name)).catch(() => undefined);
    if (found && now - found.mtimeMs > ABANDONED_MS) await unlink(join(path, name)).catch(() => undefined);
  }
};

/** File names in the index; a line that a crash tore is ended, so that the next one starts afresh. */
const readIndex = async (path: string): Promise<Set<string>> => {
  const text = await readFile(path, 'utf8').catch((fault: unknown) => {
    if (isCode(fault, 'ENOENT')) return '';
    throw fault;
  });
  if (text !== '' && !text.endsWith('\n')) await appendPrivately(path, '\n');
  return new Set(text.split('\n').flatMap((line) => /"file":"([^"]+)".*\}$/.exec(line)?.[1] ?? []));
};

const entryOf = async (path: string, file: string): Promise<IndexEntry> => {
  const { mtime, size } = await stat(join(path, file));
  return { attemptId: file.slice(0, -'.eml'.length), at: mtime.toISOString(), file, bytes: size };
};
