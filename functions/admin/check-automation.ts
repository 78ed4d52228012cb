import type { AutomationSpec, SourceSpec } from '../../shared/domain/automation.ts';
import { definitionFault, type Findings, joinFindings } from '../../shared/domain/definition-faults.ts';
import { describeError, type FieldFault, type Language } from '../../shared/domain/errors.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Source } from '../../shared/ports/source.ts';
import { openVetted } from '../../shared/use-cases/open-source.ts';
import { checkColumns, type YieldedColumns } from './check-columns.ts';
import { checkQueries, type GuardedQueries } from './check-queries.ts';
import { checkSending } from './check-sending.ts';
import { checkTemplate, checkTemplateAlone } from './check-template.ts';
import { toldFault } from './told-fault.ts';

/** What would go wrong when the automation runs, found while somebody is there to mend it. */
export const checkAutomation = async (
  ports: Ports,
  spec: AutomationSpec,
  source: SourceSpec | undefined,
  language: Language,
): Promise<Findings> => {
  const sending = await checkSending(ports, spec, language);
  if (!source) {
    const problem = describeError('unknown_source', { source: spec.source }, language);
    return joinFindings([sending, { faults: [{ field: 'source', problem }], warnings: [] }]);
  }
  const queries = checkQueries(spec, source.kind, language);
  const rest =
    queries.faults.length > 0
      ? checkTemplateAlone(spec, language)
      : await checkAtSource(ports, spec, source, queries, language);
  return joinFindings([sending, queries, rest]);
};

/** Syntax, guard and template only: neither source, folder nor transport is touched. */
export const checkAlone = (
  spec: AutomationSpec,
  source: SourceSpec | undefined,
  language: Language,
): Findings =>
  joinFindings([
    source ? checkQueries(spec, source.kind, language) : uncheckedQueries(spec, language),
    checkTemplateAlone(spec, language),
  ]);

const uncheckedQueries = ({ source }: AutomationSpec, language: Language): Findings => ({
  faults: [],
  warnings: [definitionFault('source', 'source_unchecked', { source }, language)],
});

const checkAtSource = async (
  ports: Ports,
  spec: AutomationSpec,
  source: SourceSpec,
  { binds }: GuardedQueries,
  language: Language,
): Promise<Findings> => {
  try {
    const { faults, yielded } = await describeAll(await openVetted(ports, source), spec, language);
    if (faults.length > 0) return { faults, warnings: [] };
    const columns = { faults: checkColumns(spec, yielded, binds, language), warnings: [] };
    return joinFindings([columns, checkTemplate(spec, yielded, language)]);
  } catch (thrown) {
    return { faults: [toldFault('source', thrown, language)], warnings: [] };
  }
};

/** Each query by itself, so that a fault is told of the query that has it. */
const describeAll = async (source: Source, { recipients, mappings }: AutomationSpec, language: Language) => {
  const queries = [
    { field: 'recipients.target', sql: recipients.target },
    ...mappings.map(({ query }, index) => ({ field: `mappings.${index}.query`, sql: query })),
  ];
  const faults: FieldFault[] = [];
  const yielded: [string, readonly string[]][] = [];
  for (const { field, sql } of queries) {
    try {
      yielded.push([field, await source.describe(sql)]);
    } catch (thrown) {
      faults.push(toldFault(field, thrown, language));
    }
  }
  return { faults, yielded: new Map(yielded) satisfies YieldedColumns };
};
