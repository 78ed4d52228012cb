import type { AutomationSpec } from '../../shared/domain/automation.ts';
import { findColumn } from '../../shared/domain/column-name.ts';
import { definitionFault } from '../../shared/domain/definition-faults.ts';
import type { FieldFault, Language } from '../../shared/domain/errors.ts';
import { nearest } from '../../shared/domain/nearest.ts';
import { KEY_BIND } from '../../shared/domain/query-guard/binds.ts';

/** Columns that the source really yields, by the field of the query. */
export type YieldedColumns = ReadonlyMap<string, readonly string[]>;

/** Every name by which the automation reaches into the target row. */
export const checkColumns = (
  spec: AutomationSpec,
  yielded: YieldedColumns,
  binds: ReadonlyMap<string, readonly string[]>,
  language: Language,
): FieldFault[] => {
  const target = yielded.get('recipients.target') ?? [];
  const wanted = [...namedColumns(spec), ...ownerColumns(spec), ...boundColumns(binds)];
  return [
    ...wanted.flatMap(({ field, column }) => columnFault(field, column, target, language)),
    ...textFaults(spec, yielded, language),
  ];
};

interface WantedColumn {
  readonly field: string;
  readonly column: string;
}

const namedColumns = ({ recipients, attachments }: AutomationSpec): WantedColumn[] => [
  { field: 'recipients.key', column: recipients.key },
  { field: 'recipients.email', column: recipients.email },
  ...(attachments?.columns ?? []).map((column, index) => ({ field: `attachments.columns.${index}`, column })),
];

const ownerColumns = ({ attachments }: AutomationSpec): WantedColumn[] =>
  [...(attachments?.owner ?? '').matchAll(/\{([^{}]+)\}/g)].map(([, column = '']) => ({
    field: 'attachments.owner',
    column,
  }));

const boundColumns = (binds: ReadonlyMap<string, readonly string[]>): WantedColumn[] =>
  [...binds].flatMap(([field, names]) =>
    names.filter((name) => name !== KEY_BIND).map((column) => ({ field, column })),
  );

const columnFault = (
  field: string,
  column: string,
  columns: readonly string[],
  language: Language,
): FieldFault[] => {
  if (findColumn(columns, column) !== undefined) return [];
  const alike = columns.filter((other) => other.toLowerCase() === column.toLowerCase());
  if (alike.length > 1)
    return [definitionFault(field, 'ambiguous_column', { columns: alike.join(', ') }, language)];
  const close = nearest(column, columns);
  return close === undefined
    ? [definitionFault(field, 'unknown_column', { column, columns: columns.join(', ') }, language)]
    : [definitionFault(field, 'unknown_column_near', { column, nearest: close }, language)];
};

/** Of several columns nobody could say which one is the text. */
const textFaults = (
  { mappings }: AutomationSpec,
  yielded: YieldedColumns,
  language: Language,
): FieldFault[] =>
  mappings.flatMap(({ type }, index) => {
    const field = `mappings.${index}.query`;
    const columns = yielded.get(field) ?? [];
    return type === 'text' && columns.length > 1
      ? [definitionFault(field, 'text_columns', { columns: columns.join(', ') }, language)]
      : [];
  });
