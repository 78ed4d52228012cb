import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openDatabaseFile } from '../../shared/app.ts';
import type { Settings } from '../../shared/config/load.ts';
import { demoCustomers } from './customers.ts';
import { demoFiles } from './files.ts';
import { demoTables } from './tables.ts';

/** The month of the statements; the demo's business date is its last day, whenever it is started. */
const DEMO_MONTH = '2026-03';
export const DEMO_BUSINESS_DATE = '2026-03-31';

const bankFile = (dataDir: string): string => resolve(dataDir, 'demo-bank.db');

export const isDemoLaidOut = ({ dataDir }: Settings): boolean => existsSync(bankFile(dataDir));

/** Makes up the bank once: its database and a folder of statements; its file is put in place last, so it is whole. Only one process at a time may do so. */
export const layOutDemo = async ({ dataDir, fileRoot = dataDir }: Settings): Promise<string> => {
  const bank = bankFile(dataDir);
  if (existsSync(bank)) return bank;
  const customers = demoCustomers();
  const folder = join(fileRoot, 'statement', DEMO_BUSINESS_DATE.replaceAll('-', ''));
  await mkdir(folder, { recursive: true, mode: 0o750 });
  for (const file of demoFiles(customers, DEMO_MONTH))
    await writeFile(join(folder, file.name), file.content, { mode: 0o640 });
  const unfinished = `${bank}.new`;
  for (const leftover of ['', '-wal', '-shm', '-journal'])
    await rm(`${unfinished}${leftover}`, { force: true });
  const database = await openDatabaseFile(unfinished);
  await database.atomic(demoTables(customers, DEMO_MONTH));
  await database.close();
  await rename(unfinished, bank);
  return bank;
};
