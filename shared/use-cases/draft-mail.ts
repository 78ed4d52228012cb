import { ADDRESS_FAULTS, parseAddress } from '../domain/address.ts';
import { ADDRESS, addressKey } from '../domain/address-key.ts';
import { type AutomationSpec, DEFAULT_ZONE, mayBeDeclined } from '../domain/automation.ts';
import { bothLanguages, TankError, toTankError } from '../domain/errors.ts';
import { textOf } from '../domain/recipient-groups.ts';
import type { Row } from '../domain/row.ts';
import { businessDate } from '../domain/schedule/civil.ts';
import { fillDatePattern } from '../domain/schedule/date-pattern.ts';
import { templateFault } from '../domain/template/faults.ts';
import { type RenderedMail, renderMail } from '../domain/template/render.ts';
import type { AttachmentFolder } from '../ports/attachments.ts';
import type { Ports } from '../ports/ports.ts';
import type { Source } from '../ports/source.ts';
import { compileAutomation } from './compile-automation.ts';
import { lookForFiles, type RowFile, sortFiles } from './find-files.ts';
import { previewOffer } from './offer-unsubscribe.ts';
import { openSource } from './open-source.ts';
import { mailValues, mappingFault, mapRows } from './personalise.ts';

/** One mail as a run would make it, outside of any run: the ledger never hears of it. */
export interface DraftedMail {
  readonly key: string;
  readonly address: string;
  readonly rendered: RenderedMail;
  readonly files: readonly RowFile[];
  /** What would keep it back in a run. */
  readonly faults: readonly TankError[];
}

export interface DraftOrder {
  readonly row: number;
  readonly businessDate?: string | undefined;
}

export const draftMail = async (
  ports: Ports,
  spec: AutomationSpec,
  { row: n, businessDate: date }: DraftOrder,
): Promise<DraftedMail> => {
  const source = await openSource(ports, spec.source);
  const row = await nthRow(source, spec, n);
  const [mapped = {}] = await mapRows(source, spec, [row]);
  const fault = mappingFault(spec.mappings, mapped);
  if (fault) throw fault;
  const { template, faults } = await compileAutomation(source, spec);
  if (!template) throw templateFault(faults[0]);
  const rendered = previewOffer(ports, spec, renderMail(template, mailValues(spec, row, mapped)));
  const found = await filesOf(ports, spec, row, date);
  return {
    key: textOf(row, spec.recipients.key),
    address: textOf(row, spec.recipients.email).trim(),
    rendered,
    files: found.files,
    faults: [...(await recipientFaults(ports, spec, row)), ...found.faults],
  };
};

/** Counted from 1 in the order in which a run takes them. */
const nthRow = async (source: Source, { recipients }: AutomationSpec, n: number): Promise<Row> => {
  let passed = 0;
  for await (const rows of source.target({ sql: recipients.target, key: recipients.key })) {
    const row = rows[n - 1 - passed];
    if (row) return row;
    passed += rows.length;
  }
  throw new TankError('not_found', { what: `row ${n} (${passed} rows)` });
};

const recipientFaults = async (ports: Ports, spec: AutomationSpec, row: Row): Promise<TankError[]> => {
  const { recipients } = spec;
  const key = textOf(row, recipients.key);
  const parsed = parseAddress(textOf(row, recipients.email).trim());
  const pattern = recipients.keyPattern && new RegExp(`^(?:${recipients.keyPattern})$`, 'u');
  const ofKey = key === '' || (pattern && !pattern.test(key)) ? [new TankError('key_invalid')] : [];
  if (!parsed.ok)
    return [...ofKey, new TankError('address_invalid', bothLanguages(ADDRESS_FAULTS[parsed.fault]))];
  const suppressed = await suppressionOf(ports, parsed.address, spec);
  return [...ofKey, ...(suppressed ? [suppressed] : [])];
};

export const suppressionOf = async (
  ports: Ports,
  address: string,
  { organisation, mail }: AutomationSpec,
): Promise<TankError | undefined> => {
  const hash = (await (await ports.vault()).hasher())(ADDRESS, addressKey(address));
  const question = { organisation, declinable: mayBeDeclined(mail) };
  const reason = (await (await ports.suppressions()).among([hash], question)).get(hash);
  return reason && new TankError('recipient_suppressed', { reason });
};

const filesOf = async (ports: Ports, spec: AutomationSpec, row: Row, date: string | undefined) => {
  if (!spec.attachments) return { files: [], faults: [] };
  try {
    const folder = await openFolderOf(ports, spec, date);
    const files = await lookForFiles(folder, spec.attachments, row);
    const { faults } = sortFiles(spec.attachments, files);
    return { files, faults: faults.map(({ code, facts }) => new TankError(code, facts)) };
  } catch (thrown) {
    const fault = toTankError(thrown);
    if (fault.code === 'internal') throw thrown;
    return { files: [], faults: [fault] };
  }
};

/** The folder of a business date, of today when none is given. */
export const openFolderOf = async (
  ports: Ports,
  spec: AutomationSpec,
  date: string | undefined,
): Promise<AttachmentFolder> => (await ports.attachments()).open(folderOf(ports, spec, date));

export const folderOf = (
  { runtime }: Ports,
  { attachments, schedule }: AutomationSpec,
  date: string | undefined,
): string =>
  fillDatePattern(
    attachments?.folder ?? '',
    date ?? businessDate(runtime.clock.now(), schedule?.zone ?? DEFAULT_ZONE),
  );
