import { readFile } from 'node:fs/promises';
import { Exit } from './exit.ts';

/** A file that a person has named on the command line. */
export const readText = (file: string, name = file): Promise<string> =>
  readFile(file, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    throw new Exit(2, `${name} cannot be read: ${WHY[fault.code ?? ''] ?? fault.code}.`);
  });

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
};
