import { existsSync, statSync, writeFileSync } from 'node:fs';
import { TankError } from '../../domain/errors.ts';

/** Beside the store and never removed: a folder without it is new, one with it has had a store. */
const markOf = (file: string): string => `${file}.made`;

/** An empty store in a folder that had one would forget who was mailed, and everybody would be mailed again. */
export const demandStore = (file: string): void => {
  const sizes = [file, `${file}-wal`].map((part) => (existsSync(part) ? statSync(part).size : 0));
  if (sizes.every((size) => size === 0) && existsSync(markOf(file)))
    throw new TankError('store_missing', { file });
};

/** Once the store is there with its tables. */
export const markStore = (file: string): void => {
  if (existsSync(markOf(file))) return;
  writeFileSync(markOf(file), 'This folder has a store. Keep this file with it.\n', {
    mode: 0o600,
    flush: true,
  });
};
