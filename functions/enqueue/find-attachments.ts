import { findFiles } from '../../shared/use-cases/find-files.ts';
import type { Expansion } from './expansion.ts';
import { openOf, type Recipient, takeOut } from './recipient.ts';

/** Preflight: every file is found, checked and pinned before the first mail of the run leaves. */
export const findAttachments = async (
  expansion: Expansion,
  recipients: readonly Recipient[],
): Promise<void> => {
  const { folder, spec } = expansion;
  const { attachments } = spec;
  if (!folder || !attachments) return;
  await Promise.all(
    openOf(recipients).map(async (recipient) => {
      const { files, faults } = await findFiles(folder, attachments, recipient.row);
      recipient.files = files;
      for (const { code, facts, policy } of faults) {
        takeOut(recipient, 'skipped', code, facts);
        if (policy === 'stop') expansion.stop ??= { code, facts };
      }
    }),
  );
};
