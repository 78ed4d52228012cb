import {
  chooseName,
  faultOfFile,
  type HashManifest,
  indexNames,
  MANIFEST_BYTES,
  MANIFEST_NAME,
  parseManifest,
  typeOfFile,
} from '../../domain/attachment-folder.ts';
import { bothLanguages, TankError } from '../../domain/errors.ts';
import { type FaultText, faultText } from '../../domain/fault-text.ts';
import { EMPTY_FILE } from '../../domain/magic-bytes.ts';
import { createRecent } from '../../domain/recent.ts';
import type { AttachmentFolder, FileFinding } from '../../ports/attachments.ts';
import { listNames, type ObjectLook, readObject, type S3Bucket, unreachable } from './bucket.ts';
import { addressOf, type S3Place } from './places.ts';

/** How many findings a folder remembers: a file that goes to everybody is hashed once. */
const REMEMBERED = 256;

export const openFolder = async (
  bucket: S3Bucket,
  place: S3Place,
  look: (name: string) => Promise<ObjectLook>,
): Promise<AttachmentFolder> => {
  const names = await listNames(bucket, place);
  // S3 has no empty folders: one without files is one that is not there.
  if (names.length === 0) throw unreachable(place, NO_FOLDER);
  const manifest = names.includes(MANIFEST_NAME) ? await readManifest(bucket, place) : undefined;
  const index = indexNames(names);
  const remembered = createRecent<FileFinding>(REMEMBERED);
  const judge = async (name: string) => judgeObject(bucket, place, name, await look(name), manifest);

  return {
    find: async (name, owner) => {
      const choice = chooseName(index, name, owner);
      return choice.kind === 'stored' ? remembered(choice.name, () => judge(choice.name)) : choice;
    },
  };
};

const readManifest = async (bucket: S3Bucket, place: S3Place): Promise<HashManifest> => {
  const look = await readObject(bucket, place, MANIFEST_NAME, { maxBytes: MANIFEST_BYTES });
  if (look.kind !== 'read')
    throw new TankError(
      'folder_refused',
      bothLanguages({
        en: `${MANIFEST_NAME} cannot be read (${look.kind})`,
        ko: `${MANIFEST_NAME}을(를) 읽을 수 없습니다(${look.kind})`,
      }),
    );
  const parsed = parseManifest(new TextDecoder().decode(look.content));
  if (!parsed.ok) throw new TankError('folder_refused', bothLanguages(parsed.reason));
  return parsed.manifest;
};

export const assertThere = async (bucket: S3Bucket, place: S3Place): Promise<void> => {
  if ((await listNames(bucket, place, 1)).length === 0) throw unreachable(place, NO_FOLDER);
};

const NO_FOLDER = faultText('it does not exist', '폴더가 없습니다');
const TOO_LARGE = faultText(
  'the file is larger than a mail may be',
  '파일이 메일에 담을 수 있는 크기를 넘습니다',
);

const invalid = (reason: FaultText): FileFinding => ({ kind: 'invalid', reason });

const judgeObject = async (
  bucket: S3Bucket,
  place: S3Place,
  name: string,
  look: ObjectLook,
  manifest: HashManifest | undefined,
): Promise<FileFinding> => {
  if (look.kind === 'tooLarge') return invalid(TOO_LARGE);
  if (look.kind !== 'read') {
    await assertThere(bucket, place);
    return { kind: 'notFound' };
  }
  const { head, state } = look;
  if (state.size === 0) return invalid(EMPTY_FILE);
  const reason = faultOfFile(name, { head, sha256: state.sha256 }, manifest);
  if (reason) return invalid(reason);
  const path = addressOf(place) + name;
  return { kind: 'found', file: { path, fileName: name, contentType: typeOfFile(name), ...state } };
};
