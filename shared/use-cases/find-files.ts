import type { AttachmentFault, AttachmentsSpec, FaultPolicy } from '../domain/automation.ts';
import type { ErrorCode, Facts } from '../domain/errors.ts';
import type { SendPayload } from '../domain/payload.ts';
import { textOf } from '../domain/recipient-groups.ts';
import type { Row } from '../domain/row.ts';
import type { AttachmentFolder, FileFinding } from '../ports/attachments.ts';

export interface FileFault {
  readonly code: ErrorCode;
  readonly facts: Facts;
  readonly policy: FaultPolicy;
}

export interface FoundFiles {
  readonly files: SendPayload['files'];
  /** Without those whose policy is to send all the same. */
  readonly faults: readonly FileFault[];
}

const FAULT_CODES: Readonly<Record<AttachmentFault, ErrorCode>> = {
  notFound: 'attachment_not_found',
  duplicated: 'attachment_duplicated',
  invalid: 'attachment_invalid',
  wrongOwner: 'attachment_wrong_owner',
};

/** The files that one target row names, each found and checked; what is wrong with the others, and what that means. */
export const findFiles = async (
  folder: AttachmentFolder,
  spec: AttachmentsSpec,
  row: Row,
): Promise<FoundFiles> => {
  const owner = spec.owner?.replace(/\{(\w+)\}/g, (_, column: string) => textOf(row, column));
  const named = spec.columns.map((column) => ({ column, name: textOf(row, column) }));
  const findings = await Promise.all(
    named
      .filter(({ name }) => name !== '')
      .map(async ({ column, name }) => ({ column, finding: await folder.find(name, owner) })),
  );
  return {
    files: findings.flatMap(({ column, finding }) =>
      finding.kind === 'found' ? [{ column, file: finding.file }] : [],
    ),
    faults: findings.flatMap(({ column, finding }) => faultOf(spec, column, finding)),
  };
};

const faultOf = (spec: AttachmentsSpec, column: string, finding: FileFinding): FileFault[] => {
  if (finding.kind === 'found') return [];
  const policy = spec.faults[finding.kind];
  if (policy === 'send' && finding.kind === 'notFound') return [];
  const facts: Facts = { column, ...(finding.kind === 'invalid' ? { reason: finding.reason } : {}) };
  return [{ code: FAULT_CODES[finding.kind], facts, policy }];
};
