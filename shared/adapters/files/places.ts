import { realpath } from 'node:fs/promises';
import { isAbsolute, resolve, sep } from 'node:path';
import { TankError } from '../../domain/errors.ts';

/** The folder's real place, once it is certain that this lies beneath the root's real place. */
export const placeBeneath = async (root: string, folder: string): Promise<string> => {
  const above = await realPlace(root);
  if (!isAbsolute(folder) || folder.includes('\0')) throw refused();
  const named = resolve(folder);
  // Asked before the disk is: the answer must not tell which folders exist elsewhere.
  if (!isBeneath(resolve(root), named) && !isBeneath(above, named)) throw refused();
  const place = await realPlace(named);
  if (!isBeneath(above, place)) throw refused();
  return place;
};

export const assertBeneath = async (root: string, folder: string): Promise<void> => {
  if (!isBeneath(await realPlace(root), folder)) throw refused();
};

export const isStillThere = (place: string): Promise<boolean> =>
  realpath(place).then(
    (now) => now === place,
    () => false,
  );

export const unreachable = (folder: string, cause: unknown): TankError => {
  if (cause instanceof TankError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new TankError('folder_unreachable', { folder, reason: REASONS[code] ?? code });
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is not a folder',
  EACCES: 'Tank may not read it',
  ESTALE: 'the network file system has lost it',
};

const refused = () => new TankError('folder_refused', { reason: 'it does not lie beneath the file root' });

const realPlace = (folder: string): Promise<string> =>
  realpath(folder).catch((cause: unknown) => {
    throw unreachable(resolve(folder), cause);
  });

const isBeneath = (above: string, place: string): boolean =>
  place === above || place.startsWith(above.endsWith(sep) ? above : above + sep);
