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
import { TankError } from '../../domain/errors.ts';
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
  if (names.length === 0) throw unreachable(place, 'it does not exist');
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
    throw new TankError('folder_refused', { reason: `${MANIFEST_NAME} cannot be read (${look.kind})` });
  const parsed = parseManifest(new TextDecoder().decode(look.content));
  if (!parsed.ok) throw new TankError('folder_refused', { reason: parsed.reason });
  return parsed.manifest;
};

export const assertThere = async (bucket: S3Bucket, place: S3Place): Promise<void> => {
  if ((await listNames(bucket, place, 1)).length === 0) throw unreachable(place, 'it does not exist');
};

const invalid = (reason: string): FileFinding => ({ kind: 'invalid', reason });

const judgeObject = async (
  bucket: S3Bucket,
  place: S3Place,
  name: string,
  look: ObjectLook,
  manifest: HashManifest | undefined,
): Promise<FileFinding> => {
  if (look.kind === 'tooLarge') return invalid('the file is larger than a mail may be');
  if (look.kind !== 'read') {
    await assertThere(bucket, place);
    return { kind: 'notFound' };
  }
  const { head, state } = look;
  if (state.size === 0) return invalid('the file is empty');
  const reason = faultOfFile(name, { head, sha256: state.sha256 }, manifest);
  if (reason) return invalid(reason);
  const path = addressOf(place) + name;
  return { kind: 'found', file: { path, fileName: name, contentType: typeOfFile(name), ...state } };
};
