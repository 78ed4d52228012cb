import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Exit } from '../cli/exit.ts';

const LEAST = 12;

/** Of the authority's key: from a file that only its owner reads, or typed, and then not shown. */
export const readPassphrase = async (file: string | undefined, twice: boolean): Promise<string> => {
  const passphrase = file === undefined ? await typed(twice) : firstLine(file);
  if (passphrase.length < LEAST)
    throw new Exit(2, `The passphrase of the authority's key needs at least ${LEAST} characters.`);
  return passphrase;
};

const firstLine = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? '';
  } catch {
    throw new Exit(2, `${file} cannot be read.`);
  }
};

const typed = async (twice: boolean): Promise<string> => {
  if (!process.stdin.isTTY)
    throw new Exit(
      2,
      'Give the passphrase of the authority with --passphrase-file when there is no terminal.',
    );
  const first = await ask('Passphrase of the authority: ');
  if (twice && (await ask('Once more: ')) !== first) throw new Exit(2, 'The two are not the same.');
  return first;
};

const ask = async (question: string): Promise<string> => {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
};
