import type { AutomationSpec, SourceKind } from '../../shared/domain/automation.ts';
import { definitionFault, type Findings } from '../../shared/domain/definition-faults.ts';
import type { FieldFault, Language } from '../../shared/domain/errors.ts';
import { describeQueryFault } from '../../shared/domain/query-guard/faults.ts';
import { guardSelect } from '../../shared/domain/query-guard/guard-select.ts';
import { guardUpdate } from '../../shared/domain/query-guard/guard-update.ts';
import type { Guarded } from '../../shared/domain/query-guard/statement.ts';
import { dialectOf } from '../../shared/domain/query-guard/token.ts';

export interface GuardedQueries extends Findings {
  /** Binds of the queries that passed, by the field of the query. */
  readonly binds: ReadonlyMap<string, readonly string[]>;
}

/** Whether the queries may be run at all; asks no database. */
export const checkQueries = (spec: AutomationSpec, kind: SourceKind, language: Language): GuardedQueries => {
  const guarded = guardAll(spec, kind);
  return {
    faults: guarded.flatMap(({ field, guard }) => faultsOf(field, guard, language)),
    warnings: spec.mappings.flatMap((_, index) =>
      unbound(`mappings.${index}.query`, guarded, spec, language),
    ),
    binds: new Map(guarded.flatMap(({ field, guard }) => (guard.ok ? [[field, guard.binds] as const] : []))),
  };
};

interface GuardedField {
  readonly field: string;
  readonly guard: Guarded;
}

const guardAll = ({ recipients, mappings, writeBack }: AutomationSpec, kind: SourceKind): GuardedField[] => {
  const dialect = dialectOf(kind);
  return [
    { field: 'recipients.target', guard: guardSelect(recipients.target, dialect) },
    ...mappings.map(({ query }, index) => ({
      field: `mappings.${index}.query`,
      guard: guardSelect(query, dialect),
    })),
    ...(writeBack ? [{ field: 'writeBack', guard: guardUpdate(writeBack, dialect, recipients.key) }] : []),
  ];
};

const faultsOf = (field: string, guard: Guarded, language: Language): FieldFault[] =>
  guard.ok ? [] : guard.faults.map((fault) => ({ field, problem: describeQueryFault(fault, language) }));

const unbound = (
  field: string,
  guarded: readonly GuardedField[],
  { recipients }: AutomationSpec,
  language: Language,
): FieldFault[] => {
  const guard = guarded.find((one) => one.field === field)?.guard;
  return guard?.ok && guard.binds.length === 0
    ? [definitionFault(field, 'mapping_without_bind', { key: recipients.key }, language)]
    : [];
};
