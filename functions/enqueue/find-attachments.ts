import type { AttachmentsSpec } from '../../shared/domain/automation.ts';
import type { AttachmentFolder } from '../../shared/ports/attachments.ts';
import { type FileFault, fileFault, findRowFiles } from '../../shared/use-cases/find-row-files.ts';
import type { Expansion } from './expansion.ts';
import { type Recipient, takeOut } from './recipient.ts';

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
  const files = await findRowFiles(folder, spec, recipient.row);
  recipient.files = files.flatMap(({ column, finding }) =>
    finding.kind === 'found' ? [{ column, file: finding.file }] : [],
  );
  for (const file of files) {
    const fault = fileFault(file);
    if (fault) applyPolicy(expansion, spec, recipient, fault);
  }
};

const applyPolicy = (
  expansion: Expansion,
  spec: AttachmentsSpec,
  recipient: Recipient,
  { kind, code, facts }: FileFault,
): void => {
  const policy = spec.faults[kind];
  if (policy === 'send' && kind === 'notFound') return;
  takeOut(recipient, 'skipped', code, facts);
  if (policy === 'stop') expansion.stop ??= { code, facts };
};
