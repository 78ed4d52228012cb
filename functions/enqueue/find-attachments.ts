import type { AttachmentFault, AttachmentsSpec } from '../../shared/domain/automation.ts';
import type { ErrorCode, Facts } from '../../shared/domain/errors.ts';
import { textOf } from '../../shared/domain/recipient-groups.ts';
import type { AttachmentFolder, FileFinding } from '../../shared/ports/attachments.ts';
import type { Expansion } from './expansion.ts';
import { type Recipient, takeOut } from './recipient.ts';

const FAULT_CODES: Readonly<Record<AttachmentFault, ErrorCode>> = {
  notFound: 'attachment_not_found',
  duplicated: 'attachment_duplicated',
  invalid: 'attachment_invalid',
  wrongOwner: 'attachment_wrong_owner',
};

/** Preflight: every file is found, checked and pinned before the first mail of the run leaves. */
export const findAttachments = async (
  expansion: Expansion,
  recipients: readonly Recipient[],
): Promise<void> => {
  const { folder, spec } = expansion;
  const { attachments } = spec;
  if (!folder || !attachments) return;
  const pending = recipients.filter((recipient) => recipient.state === 'pending');
  await Promise.all(pending.map((recipient) => findFiles(expansion, folder, attachments, recipient)));
};

const findFiles = async (
  expansion: Expansion,
  folder: AttachmentFolder,
  spec: AttachmentsSpec,
  recipient: Recipient,
): Promise<void> => {
  const owner = spec.owner?.replace(/\{(\w+)\}/g, (_, column: string) => textOf(recipient.row, column));
  const named = spec.columns.map((column) => ({ column, name: textOf(recipient.row, column) }));
  const findings = await Promise.all(
    named
      .filter(({ name }) => name !== '')
      .map(async ({ column, name }) => ({ column, finding: await folder.find(name, owner) })),
  );
  recipient.files = findings.flatMap(({ column, finding }) =>
    finding.kind === 'found' ? [{ column, file: finding.file }] : [],
  );
  for (const { column, finding } of findings) {
    if (finding.kind !== 'found') applyPolicy(expansion, spec, recipient, column, finding);
  }
};

const applyPolicy = (
  expansion: Expansion,
  spec: AttachmentsSpec,
  recipient: Recipient,
  column: string,
  finding: Exclude<FileFinding, { kind: 'found' }>,
): void => {
  const code = FAULT_CODES[finding.kind];
  const facts: Facts = { column, ...(finding.kind === 'invalid' ? { reason: finding.reason } : {}) };
  const policy = spec.faults[finding.kind];
  if (policy === 'send' && finding.kind === 'notFound') return;
  takeOut(recipient, 'skipped', code, facts);
  if (policy === 'stop') expansion.stop ??= { code, facts };
};
