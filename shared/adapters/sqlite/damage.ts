import { constants, copyFileSync, existsSync, statSync } from 'node:fs';
import type { SqlRow } from '../../ports/database.ts';
import { Damaged } from './faults.ts';
import type { VendorDatabase } from './vendor.ts';

/** quick_check reads about 2 GB/s from memory and 0.2 GB/s from a slow disk: at most a second or so at start. */
const CHECKED_BYTES = 256 * 1024 * 1024;
const CORRUPT = 11;

/** A larger file is not read through at start; its damage shows when the damaged page is read. */
export const checkWhole = (file: string, database: VendorDatabase): void => {
  if (statSync(file).size > CHECKED_BYTES) return;
  const [finding] = database.prepare('PRAGMA quick_check(1)').all();
  if (!isSound(finding)) throw new Damaged(CORRUPT, 'quick_check found damage');
};

const isSound = (finding: SqlRow | undefined): boolean => finding?.quick_check === 'ok';

/** Keeps what is there for a person to look at; answers the copy's name. A copy never replaces another. */
export const copyAside = (file: string): string => {
  for (let number = 1; ; number += 1) {
    const copy = `${file}.damaged-${number}`;
    if (existsSync(copy)) {
      if (isCopyOf(copy, file)) return copy;
      continue;
    }
    copyFileSync(file, copy, constants.COPYFILE_EXCL);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    return copy;
  }
};

/** Without this, a service that is started again and again would fill the disk with copies. */
const isCopyOf = (copy: string, file: string): boolean => {
  const [kept, current] = [statSync(copy), statSync(file)];
  return kept.size === current.size && kept.mtimeMs >= current.mtimeMs;
};
