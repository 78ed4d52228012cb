import type { AttachmentsSpec } from '../../shared/domain/automation.ts';
import { describeError, type Language, type TankError } from '../../shared/domain/errors.ts';
import { maskAddress } from '../../shared/domain/masking.ts';
import { describeFault, describeMend } from '../../shared/domain/mends.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { type DraftOrder, draftMail } from '../../shared/use-cases/draft-mail.ts';
import { findAutomation } from '../../shared/use-cases/find-automation.ts';
import { fileFault, type RowFile } from '../../shared/use-cases/find-files.ts';

/** Row n as its recipient would get it. Nothing is sent, and nothing is written but a line in the log that it was looked at. */
export const preview = async (
  ports: Ports,
  idOrName: string,
  order: DraftOrder,
  principal: Principal,
  language: Language,
) => {
  const { id, version, spec } = await findAutomation(ports, idOrName);
  const draft = await draftMail(ports, spec, order);
  ports.runtime.log.info('personal_data_viewed', {
    what: 'preview',
    automation: id,
    principal: principal.id,
  });
  const { subject, html, text } = draft.rendered;
  return {
    automation: spec.name,
    version,
    row: order.row,
    key: draft.key,
    address: maskAddress(draft.address),
    subject,
    html: Buffer.from(html).toString(),
    text: Buffer.from(text).toString(),
    files: spec.attachments ? describeFiles(spec.attachments, draft.files, language) : [],
    faults: draft.faults.map((fault) => told(fault, language)),
  };
};

const told = (fault: TankError, language: Language) => {
  const { code, detail, mend } = describeFault(fault, language);
  return { code, detail, ...(mend === undefined ? {} : { mend }) };
};

const STATES = {
  found: 'FOUND',
  notFound: 'NOT_FOUND',
  duplicated: 'DUPLICATED',
  invalid: 'INVALID',
  wrongOwner: 'WRONG_OWNER',
} as const;

const describeFiles = (spec: AttachmentsSpec, files: readonly RowFile[], language: Language) =>
  files.map((file) => describeFile(spec, file, language));

export const describeFile = (spec: AttachmentsSpec, file: RowFile, language: Language) => {
  const { column, name, finding } = file;
  const fault = fileFault(spec, file);
  const mend = fault && describeMend(fault.code, fault.facts, language);
  return {
    column,
    name,
    state: STATES[finding.kind],
    ...(finding.kind === 'found' ? { size: finding.file.size } : {}),
    ...(fault ? { detail: describeError(fault.code, fault.facts, language) } : {}),
    ...(mend === undefined ? {} : { mend }),
  };
};
