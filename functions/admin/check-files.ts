import type { AttachmentsSpec } from '../../shared/domain/automation.ts';
import { type Language, TankError } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import { recipientGroups, textOf } from '../../shared/domain/recipient-groups.ts';
import type { Row } from '../../shared/domain/row.ts';
import type { AttachmentFolder } from '../../shared/ports/attachments.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { folderOf, openFolderOf } from '../../shared/use-cases/draft-mail.ts';
import { findAutomation } from '../../shared/use-cases/find-automation.ts';
import { lookForFiles } from '../../shared/use-cases/find-files.ts';
import { openSource } from '../../shared/use-cases/open-source.ts';
import { toCursor } from '../../shared/wire/cursor.ts';
import { describeFile } from './preview.ts';

export interface FilesOrder {
  readonly businessDate?: string | undefined;
  /** The position of the call before. */
  readonly cursor?: string | undefined;
}

/** A call has 30 s; the rest is for the rows that are under way and the answer. */
const TIME_MS = 20_000;
const MOST_FAULTS = 500;

type FileReply = ReturnType<typeof describeFile>;

interface Report {
  rows: number;
  readonly states: Record<FileReply['state'], number>;
  readonly faults: (FileReply & { readonly row: number; readonly key: string })[];
}

/** The preflight of a run, without a run: what is found, and every file that is not. */
export const checkFiles = async (
  ports: Ports,
  idOrName: string,
  { businessDate, cursor }: FilesOrder,
  principal: Principal,
  language: Language,
) => {
  const { clock, log } = ports.runtime;
  const { id, spec } = await findAutomation(ports, idOrName);
  const { attachments, recipients } = spec;
  if (!attachments) throw new TankError('not_found', { what: 'attachment definition' });
  const deadline = clock.monotonic() + TIME_MS;
  const folder = await openFolderOf(ports, spec, businessDate);
  const source = await openSource(ports, spec.source);
  const { key, target: sql } = recipients;
  const report: Report = { rows: 0, states: { ...NO_FILES }, faults: [] };
  let reached: string | undefined;
  const position = cursor === undefined ? {} : { after: cursor };
  for await (const groups of recipientGroups(source.target({ sql, key, ...position }), key)) {
    const rows = groups.flatMap((group) => group.rows);
    await checkRows({ folder, attachments, key, language }, rows, report);
    if (clock.monotonic() < deadline && report.faults.length < MOST_FAULTS) continue;
    reached = groups.at(-1)?.key;
    break;
  }
  log.info('personal_data_viewed', { what: 'attachments', automation: id, principal: principal.id });
  const nextCursor = reached === undefined ? null : toCursor(reached);
  return {
    folder: folderOf(ports, spec, businessDate),
    ...report,
    complete: nextCursor === null,
    nextCursor,
  };
};

const NO_FILES: Readonly<Record<FileReply['state'], number>> = {
  FOUND: 0,
  NOT_FOUND: 0,
  DUPLICATED: 0,
  INVALID: 0,
  WRONG_OWNER: 0,
};

interface Looking {
  readonly folder: AttachmentFolder;
  readonly attachments: AttachmentsSpec;
  readonly key: string;
  readonly language: Language;
}

const checkRows = async (
  { folder, attachments, key, language }: Looking,
  rows: readonly Row[],
  report: Report,
): Promise<void> => {
  const found = await Promise.all(rows.map((row) => lookForFiles(folder, attachments, row)));
  for (const [index, files] of found.entries()) {
    report.rows += 1;
    for (const file of files) {
      const described = describeFile(attachments, file, language);
      report.states[described.state] += 1;
      if (described.state === 'FOUND') continue;
      report.faults.push({ ...described, row: report.rows, key: textOf(rows[index] ?? {}, key) });
    }
  }
};
