import type { AutomationSpec, SourceKind, SourceSpec } from '../../shared/domain/automation.ts';
import { findColumn } from '../../shared/domain/column-name.ts';
import { describeError, type FieldFault, type Language, toTankError } from '../../shared/domain/errors.ts';
import { UNPROVABLE, unprovable } from '../../shared/domain/evidence.ts';
import { nearest } from '../../shared/domain/nearest.ts';
import { describeQueryFault } from '../../shared/domain/query-guard/faults.ts';
import { guardSelect } from '../../shared/domain/query-guard/guard-select.ts';
import { guardUpdate } from '../../shared/domain/query-guard/guard-update.ts';
import { dialectOf } from '../../shared/domain/query-guard/tokens.ts';
import { describeTemplateFault } from '../../shared/domain/template/faults.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Source } from '../../shared/ports/source.ts';
import { compileAutomation } from '../../shared/use-cases/compile-automation.ts';

/** What would go wrong when the automation runs, found while somebody is there to mend it. */
export const checkAutomation = async (
  ports: Ports,
  spec: AutomationSpec,
  sources: readonly SourceSpec[],
  language: Language,
): Promise<FieldFault[]> => {
  const source =
    sources.find(({ name }) => name === spec.source) ??
    (await (await ports.automations()).source(spec.source));
  if (!source)
    return [
      {
        field: `${spec.name}.source`,
        problem: describeError('unknown_source', { source: spec.source }, language),
      },
    ];
  const refused = [...queryFaults(spec, source.kind, language), ...evidenceFaults(ports, spec, language)];
  if (refused.length > 0) return refused;
  try {
    const opened = await (await ports.sources()).open(source);
    return [...(await missingColumns(opened, spec)), ...(await templateFaults(opened, spec, language))];
  } catch (thrown) {
    const { code, facts } = toTankError(thrown);
    return [{ field: `${spec.name}.source`, problem: describeError(code, facts, language) }];
  }
};

const evidenceFaults = (ports: Ports, spec: AutomationSpec, language: Language): FieldFault[] =>
  unprovable(spec, ports.evidence(spec.transport)).map((field) => ({
    field: `${spec.name}.${field}`,
    problem: UNPROVABLE[field][language],
  }));

const queryFaults = (spec: AutomationSpec, kind: SourceKind, language: Language): FieldFault[] => {
  const dialect = dialectOf(kind);
  const { target, key } = spec.recipients;
  const guarded = [
    { field: 'recipients.target', guard: guardSelect(target, dialect) },
    ...spec.mappings.map(({ query }, i) => ({
      field: `mappings.${i}.query`,
      guard: guardSelect(query, dialect),
    })),
    ...(spec.writeBack ? [{ field: 'writeBack', guard: guardUpdate(spec.writeBack, dialect, key) }] : []),
  ];
  return guarded.flatMap(({ field, guard }) =>
    guard.ok
      ? []
      : guard.faults.map((fault) => ({
          field: `${spec.name}.${field}`,
          problem: describeQueryFault(fault, language),
        })),
  );
};

const missingColumns = async (source: Source, spec: AutomationSpec): Promise<FieldFault[]> => {
  const columns = await source.describe(spec.recipients.target);
  const wanted = [
    { field: 'recipients.key', column: spec.recipients.key },
    { field: 'recipients.email', column: spec.recipients.email },
    ...(spec.attachments?.columns ?? []).map((column, i) => ({ field: `attachments.columns.${i}`, column })),
  ];
  return wanted
    .filter(({ column }) => findColumn(columns, column) === undefined)
    .map(({ field, column }) => ({ field: `${spec.name}.${field}`, problem: notYielded(column, columns) }));
};

const notYielded = (column: string, columns: readonly string[]): string => {
  const close = nearest(column, columns);
  return `the target query yields no column ${column}${close ? `; did you mean ${close}?` : ''}`;
};

const templateFaults = async (
  source: Source,
  spec: AutomationSpec,
  language: Language,
): Promise<FieldFault[]> => {
  const { faults } = await compileAutomation(source, spec);
  return faults.map((fault) => ({
    field: `${spec.name}.mail.${fault.part}`,
    problem: describeTemplateFault(fault, language),
  }));
};
