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

export type FileFinding =
  | { readonly kind: 'found'; readonly file: PinnedFile }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'duplicated' }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'wrongOwner' };

export interface AttachmentFolder {
  /** `owner`: a token that the file name must carry between delimiters. */
  find(name: string, owner: string | undefined): Promise<FileFinding>;
}

export interface Attachments {
  /** Builds the index of the folder once; throws folder_refused outside the allowed roots, source-like faults when it vanished. */
  open(folder: string): Promise<AttachmentFolder>;
  /** The content, after size, mtime, inode and hash were compared again; throws attachment_changed. */
  read(file: PinnedFile): Promise<Uint8Array>;
}
