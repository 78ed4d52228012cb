import type { AutomationSpec, MappingSpec } from '../domain/automation.ts';
import { TankError } from '../domain/errors.ts';
import type { Row } from '../domain/row.ts';
import type { MailValues } from '../domain/template/values.ts';
import type { Source } from '../ports/source.ts';

/** Rows of each mapping for one recipient, by the mapping's name. */
export type MappedRows = Readonly<Record<string, readonly Row[]>>;

/** Runs each mapping query once for all rows; the answer has one entry for each row, in the same order. */
export const mapRows = async (
  source: Source,
  { mappings, recipients }: AutomationSpec,
  rows: readonly Row[],
): Promise<readonly MappedRows[]> => {
  if (rows.length === 0) return [];
  const mapped = await Promise.all(
    mappings.map(({ name, query }) => source.map({ name, sql: query }, rows, recipients.key)),
  );
  return rows.map((_, index) =>
    Object.fromEntries(mappings.map(({ name }, m) => [name, mapped[m]?.[index] ?? []])),
  );
};

/** A SIMPLE mapping finds exactly one row, a TEXT at most one; anything else could be another person's data. */
export const mappingFault = (mappings: readonly MappingSpec[], rows: MappedRows): TankError | undefined => {
  for (const { name, type } of mappings) {
    const found = rows[name]?.length ?? 0;
    if (type === 'simple' && found === 0) return new TankError('mapping_row_missing', { mapping: name });
    if (type !== 'list' && found > 1) return new TankError('mapping_row_ambiguous', { mapping: name });
  }
  return undefined;
};

/** What a template is filled with. */
export const mailValues = ({ mappings }: AutomationSpec, target: Row, mapped: MappedRows): MailValues => {
  const of = (type: MappingSpec['type']) =>
    mappings
      .filter((mapping) => mapping.type === type)
      .map(({ name }) => ({ name, rows: mapped[name] ?? [] }));
  return {
    target,
    simple: Object.fromEntries(of('simple').map(({ name, rows }) => [name, rows[0] ?? {}])),
    lists: Object.fromEntries(of('list').map(({ name, rows }) => [name, rows])),
    texts: Object.fromEntries(
      of('text').map(({ name, rows }) => [name, Object.values(rows[0] ?? {})[0] ?? null]),
    ),
  };
};
