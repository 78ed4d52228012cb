import type { AttachmentFault, AttachmentsSpec, FaultPolicy } from '../domain/automation.ts';
import { bothLanguages, type ErrorCode, type Facts } from '../domain/errors.ts';
import type { SendPayload } from '../domain/payload.ts';
import { textOf } from '../domain/recipient-groups.ts';
import type { Row } from '../domain/row.ts';
import type { AttachmentFolder, FileFinding } from '../ports/attachments.ts';

/** What one attachment column of a row names, and what was found there. */
export interface RowFile {
  readonly column: string;
  readonly name: string;
  readonly finding: FileFinding;
}

export interface FileFault {
  readonly code: ErrorCode;
  readonly facts: Facts;
  readonly policy: FaultPolicy;
}

interface FoundFiles {
  readonly files: SendPayload['files'];
  /** Without those whose policy is to send all the same. */
  readonly faults: readonly FileFault[];
}

const FAULT_CODES: Readonly<Record<AttachmentFault, ErrorCode>> = {
  unnamed: 'attachment_unnamed',
  notFound: 'attachment_not_found',
  duplicated: 'attachment_duplicated',
  invalid: 'attachment_invalid',
  wrongOwner: 'attachment_wrong_owner',
};

/** Looks for every file that a row names; an empty column names none. */
export const lookForFiles = (
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

/** Nothing when the file was found. */
export const fileFault = (spec: AttachmentsSpec, { column, finding }: RowFile): FileFault | undefined => {
  if (finding.kind === 'found') return undefined;
  const facts: Facts = { column, ...(finding.kind === 'invalid' ? bothLanguages(finding.reason) : {}) };
  return { code: FAULT_CODES[finding.kind], facts, policy: spec.faults[finding.kind] };
};

/** The files that one target row names, each found and checked; what is wrong with the others, and what that means. */
export const findFiles = async (
  folder: AttachmentFolder,
  spec: AttachmentsSpec,
  row: Row,
): Promise<FoundFiles> => sortFiles(spec, await lookForFiles(folder, spec, row));

export const sortFiles = (spec: AttachmentsSpec, files: readonly RowFile[]): FoundFiles => ({
  files: files.flatMap(({ column, finding }) =>
    finding.kind === 'found' ? [{ column, file: finding.file }] : [],
  ),
  faults: faultsOf(spec, files).filter((fault) => !isSentAllTheSame(fault)),
});

const faultsOf = (spec: AttachmentsSpec, files: readonly RowFile[]): readonly FileFault[] =>
  files.length === 0
    ? [{ code: FAULT_CODES.unnamed, facts: {}, policy: spec.faults.unnamed }]
    : files.flatMap((file) => fileFault(spec, file) ?? []);

/** Never a wrong or a broken file: only a missing one may be done without. */
const isSentAllTheSame = ({ code, policy }: FileFault): boolean =>
  policy === 'send' && (code === FAULT_CODES.notFound || code === FAULT_CODES.unnamed);
