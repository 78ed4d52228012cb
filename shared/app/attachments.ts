import type { Settings } from '../config/load.ts';
import { bothLanguages, TankError } from '../domain/errors.ts';
import type { Attachments } from '../ports/attachments.ts';
import { once } from './once.ts';

/** Folders of the machine and of S3 side by side: their addresses tell them apart, at every look anew. */
export const openAttachments = (settings: Settings): Attachments => {
  const files = once(() => openFiles(settings));
  const s3 = once(() => openS3(settings));
  const of = (address: string) => (address.startsWith('s3://') ? s3() : files());
  return {
    check: async (folder) => (await of(folder)).check(folder),
    open: async (folder) => (await of(folder)).open(folder),
    read: async (file) => (await of(file.path)).read(file),
  };
};

const notSet = (key: string) => bothLanguages({ en: `${key} is not set`, ko: `${key} 설정이 없습니다` });

const openFiles = async ({ fileRoot }: Settings): Promise<Attachments> => {
  if (!fileRoot) throw new TankError('folder_refused', notSet('TANK_FILE_ROOT'));
  return (await import('../adapters/files/attachments.ts')).createFileAttachments({ root: fileRoot });
};

const openS3 = async ({ s3Prefixes, s3Endpoint, awsRegion }: Settings): Promise<Attachments> => {
  if (s3Prefixes.length === 0 || !awsRegion)
    throw new TankError('folder_refused', notSet('TANK_S3_PREFIXES'));
  const { createS3Attachments } = await import('../adapters/s3/attachments.ts');
  return createS3Attachments({
    prefixes: s3Prefixes,
    region: awsRegion,
    ...(s3Endpoint ? { endpoint: s3Endpoint } : {}),
  });
};
