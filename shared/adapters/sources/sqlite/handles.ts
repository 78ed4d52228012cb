import { stat } from 'node:fs/promises';
import type { Database } from '../../../ports/database.ts';
import { fileFault, NOT_A_FILE, type SourceFaults } from '../source-faults.ts';
import { sqliteFault } from './faults.ts';

export type OpenDatabase = (file: string, options: { readonly readOnly: boolean }) => Promise<Database>;

interface Handle {
  readonly identity: string;
  readonly database: Database;
}

/** The file's two doors, opened when first used, and anew when another file stands in its place. */
export interface Handles {
  reader(): Promise<Database>;
  writer(): Promise<Database>;
  close(): Promise<void>;
}

export const createHandles = (file: string, open: OpenDatabase, faults: SourceFaults): Handles => {
  const opened = new Map<boolean, Promise<Handle>>();

  const openFile = async (readOnly: boolean, identity: string): Promise<Handle> => {
    const database = await open(file, { readOnly }).catch((thrown: unknown) => {
      opened.delete(readOnly);
      throw sqliteFault(thrown, faults);
    });
    return { identity, database };
  };

  const door = async (readOnly: boolean): Promise<Database> => {
    const identity = await identityOf(file, faults);
    const known = await opened.get(readOnly);
    if (known?.identity === identity) return known.database;
    // Whoever waited beside has perhaps opened it already.
    const current = opened.get(readOnly);
    const fresh = current && (await current) !== known ? current : openFile(readOnly, identity);
    opened.set(readOnly, fresh);
    await known?.database.close();
    return (await fresh).database;
  };

  return {
    reader: () => door(true),
    writer: () => door(false),
    close: async () => {
      const handles = [...opened.values()];
      opened.clear();
      for (const handle of handles)
        await handle.then(({ database }) => database.close()).catch(() => undefined);
    },
  };
};

/** SQLite would go on reading a deleted file, and would make a missing one anew when it may write. */
const identityOf = async (file: string, faults: SourceFaults): Promise<string> => {
  const found = await stat(file, { bigint: true }).catch((thrown: unknown) => {
    throw fileFault(faults, thrown);
  });
  if (!found.isFile()) throw faults.failed(NOT_A_FILE);
  return `${found.dev}:${found.ino}`;
};
