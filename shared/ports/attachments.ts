import type { FaultText } from '../domain/fault-text.ts';
import type { PinnedFile } from '../domain/payload.ts';

export type FileFinding =
  | { readonly kind: 'found'; readonly file: PinnedFile }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'duplicated' }
  | { readonly kind: 'invalid'; readonly reason: FaultText }
  | { readonly kind: 'wrongOwner' };

export interface AttachmentFolder {
  /** `owner`: a token that the file name must carry between delimiters. */
  find(name: string, owner: string | undefined): Promise<FileFinding>;
}

export interface Attachments {
  /** Whether a run could open the folder now; throws as `open` does, and reads no file. */
  check(folder: string): Promise<void>;
  /** Builds the index of the folder once; throws folder_refused outside the allowed roots, source-like faults when it vanished. */
  open(folder: string): Promise<AttachmentFolder>;
  /** The content, after size, mtime, inode and hash were compared again; throws attachment_changed. */
  read(file: PinnedFile): Promise<Uint8Array>;
}
