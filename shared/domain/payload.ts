import type { Row } from './row.ts';
import { decodeRow, type EncodedRow, encodeRow } from './row-codec.ts';

/** A file as it was when it was checked. Opening it again demands that nothing of this has changed. */
export interface PinnedFile {
  readonly path: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly size: number;
  readonly modifiedAt: number;
  /** Inode on a file system, ETag on S3. */
  readonly identity: string;
  readonly sha256: string;
}

/** What a send carries, readable only with its run's data key. */
export interface SendPayload {
  readonly key: string;
  readonly address: string;
  readonly row: Row;
  readonly files: readonly { readonly column: string; readonly file: PinnedFile }[];
}

/** The place to which the encryption of a payload is tied. */
export const payloadPlace = (sendId: string): string => `email_send_log|payload|${sendId}`;

export const encodePayload = (payload: SendPayload): Uint8Array =>
  Buffer.from(JSON.stringify({ ...payload, row: encodeRow(payload.row) }));

export const decodePayload = (bytes: Uint8Array): SendPayload => {
  const stored = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as Omit<
    SendPayload,
    'row'
  > & { row: EncodedRow };
  return { ...stored, row: decodeRow(stored.row) };
};
