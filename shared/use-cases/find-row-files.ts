import type { AttachmentFault, AttachmentsSpec } from '../domain/automation.ts';
import type { ErrorCode, Facts } from '../domain/errors.ts';
import { textOf } from '../domain/recipient-groups.ts';
import type { Row } from '../domain/row.ts';
import type { AttachmentFolder, FileFinding } from '../ports/attachments.ts';

/** What one attachment column of a row names, and what was found there. */
export interface RowFile {
  readonly column: string;
  readonly name: string;
  readonly finding: FileFinding;
}

const FAULT_CODES: Readonly<Record<AttachmentFault, ErrorCode>> = {
  notFound: 'attachment_not_found',
  duplicated: 'attachment_duplicated',
  invalid: 'attachment_invalid',
  wrongOwner: 'attachment_wrong_owner',
};

/** An empty column names no file, and that is no fault. */
export const findRowFiles = (
  folder: AttachmentFolder,
  spec: AttachmentsSpec,
  row: Row,
): Promise<readonly RowFile[]> => {
  const owner = spec.owner?.replace(/\{([^{}]+)\}/g, (_, column: string) => textOf(row, column));
  return Promise.all(
    spec.columns
      .map((column) => ({ column, name: textOf(row, column) }))
      .filter(({ name }) => name !== '')
      .map(async ({ column, name }) => ({ column, name, finding: await folder.find(name, owner) })),
  );
};

export interface FileFault {
  readonly kind: AttachmentFault;
  readonly code: ErrorCode;
  readonly facts: Facts;
}

/** Nothing when the file was found. */
export const fileFault = ({ column, finding }: RowFile): FileFault | undefined => {
  if (finding.kind === 'found') return undefined;
  const facts: Facts = { column, ...(finding.kind === 'invalid' ? { reason: finding.reason } : {}) };
  return { kind: finding.kind, code: FAULT_CODES[finding.kind], facts };
};
