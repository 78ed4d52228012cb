import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { refusal } from './key-material.ts';

const OTHERS = 0o077;

/** A file that only its owner may read; undefined when there is none. */
export const readPrivateFile = async (path: string): Promise<string | undefined> => {
  const found = await unlessMissing(stat(path));
  if (!found) return undefined;
  if (!found.isFile()) throw refusal(path, 'it is not a file');
  if ((found.mode & OTHERS) !== 0) throw refusal(path, 'others may read it; set its mode to 0600');
  return readFile(path, 'utf8');
};

/**
 * Makes the file whole or not at all, durably, and never over another: of two processes that start at
 * once, one wins and both read the winner's. (`link` fails where the name exists; `rename` would not.)
 */
export const createPrivateFile = async (path: string, content: string): Promise<void> => {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  await writeDurably(draft, content);
  try {
    await link(draft, path);
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  } finally {
    await unlink(draft);
  }
  await syncFolder(folder);
  await syncFolder(dirname(folder));
};

const writeDurably = async (path: string, content: string): Promise<void> => {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
};

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

const unlessMissing = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
};

const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
