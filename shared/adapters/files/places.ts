import { realpath } from 'node:fs/promises';
import { isAbsolute, resolve, sep } from 'node:path';
import { bothLanguages, TankError } from '../../domain/errors.ts';
import { type FaultText, faultText } from '../../domain/fault-text.ts';
import { reasonFacts } from '../../domain/reason.ts';
import { MAY_NOT_READ } from './file-faults.ts';

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
  return new TankError('folder_unreachable', { folder, ...reasonFacts(REASONS[code] ?? code) });
};

const REASONS: Readonly<Record<string, FaultText>> = {
  ENOENT: faultText('it does not exist', '폴더가 없습니다'),
  ENOTDIR: faultText('it is not a folder', '폴더가 아닙니다'),
  EACCES: MAY_NOT_READ,
  ESTALE: faultText('the network file system has lost it', '네트워크 파일 시스템에서 사라졌습니다'),
};

const refused = () =>
  new TankError(
    'folder_refused',
    bothLanguages({
      en: 'it does not lie beneath the file root',
      ko: 'TANK_FILE_ROOT 아래에 있지 않습니다',
    }),
  );

const realPlace = (folder: string): Promise<string> =>
  realpath(folder).catch((cause: unknown) => {
    throw unreachable(resolve(folder), cause);
  });

const isBeneath = (above: string, place: string): boolean =>
  place === above || place.startsWith(above.endsWith(sep) ? above : above + sep);
