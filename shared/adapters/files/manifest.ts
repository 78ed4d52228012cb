import { join } from 'node:path';
import {
  type HashManifest,
  MANIFEST_BYTES,
  MANIFEST_NAME,
  parseManifest,
} from '../../domain/attachment-folder.ts';
import { bothLanguages, TankError } from '../../domain/errors.ts';
import { readBeneath } from './read-beneath.ts';

/** Nothing when the folder has none. A manifest that cannot be understood refuses the folder: it was put there to be heeded. */
export const readManifest = async (folder: string): Promise<HashManifest | undefined> => {
  const look = await readBeneath(join(folder, MANIFEST_NAME), { maxBytes: MANIFEST_BYTES, keep: true });
  switch (look.kind) {
    case 'gone':
      return undefined;
    case 'busy':
      throw new TankError('folder_unreachable', {
        folder,
        ...bothLanguages({
          en: `${MANIFEST_NAME} cannot be read (${look.reason})`,
          ko: `${MANIFEST_NAME}을(를) 읽을 수 없습니다(${look.reason})`,
        }),
      });
    case 'unusable':
      throw new TankError(
        'folder_refused',
        bothLanguages({
          en: `${MANIFEST_NAME} cannot be used: ${look.reason.en}`,
          ko: `${MANIFEST_NAME}을(를) 사용할 수 없습니다: ${look.reason.ko}`,
        }),
      );
    case 'read': {
      const parsed = parseManifest(new TextDecoder().decode(look.content));
      if (!parsed.ok) throw new TankError('folder_refused', bothLanguages(parsed.reason));
      return parsed.manifest;
    }
  }
};
