import { faultOfName } from '../../domain/attachment-name.ts';
import { TankError } from '../../domain/errors.ts';
import { createLimit } from '../../domain/limit.ts';
import type { PinnedFile } from '../../domain/payload.ts';
import type { Attachments } from '../../ports/attachments.ts';
import { connectS3, type ObjectState, readObject, type S3Options } from './bucket.ts';
import { assertThere, openFolder } from './folder.ts';
import { placeBeneath } from './places.ts';

export interface S3AttachmentsOptions extends S3Options {
  /** `s3://bucket/prefix/`: only folders beneath one of them are opened. */
  readonly prefixes: readonly string[];
  /** SES takes 40 MB after base64, which is 30 MB of file. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 30_000_000;
/** Half of the sockets: other work on S3 finds one free. */
const READS_AT_ONCE = 32;

export const createS3Attachments = async ({
  prefixes,
  maxBytes = MAX_BYTES,
  ...options
}: S3AttachmentsOptions): Promise<Attachments> => {
  const bucket = await connectS3(options);
  const limit = createLimit(READS_AT_ONCE);

  return {
    check: async (folder) => assertThere(bucket, placeBeneath(prefixes, folder)),
    open: async (folder) => {
      const place = placeBeneath(prefixes, folder);
      return openFolder(bucket, place, (name) => limit(() => readObject(bucket, place, name, { maxBytes })));
    },
    read: async (file) => {
      const slash = file.path.lastIndexOf('/');
      const place = placeBeneath(prefixes, file.path.slice(0, slash));
      const name = file.path.slice(slash + 1);
      if (faultOfName(name)) throw new TankError('attachment_changed');
      const options = { maxBytes, ifMatch: file.identity };
      const look = await limit(() => readObject(bucket, place, name, options));
      if (look.kind === 'gone') await assertThere(bucket, place);
      if (look.kind !== 'read' || !isSame(look.state, file)) throw new TankError('attachment_changed');
      return look.content;
    },
  };
};

const isSame = (state: ObjectState, file: PinnedFile): boolean =>
  state.size === file.size &&
  state.modifiedAt === file.modifiedAt &&
  state.identity === file.identity &&
  state.sha256 === file.sha256;
