import type { SourceSpec } from '../../shared/domain/automation.ts';
import {
  definitionFault,
  type Findings,
  inDefinition,
  joinFindings,
} from '../../shared/domain/definition-faults.ts';
import type { FieldFault, Language } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import type { Definitions, GivenAutomation } from '../../shared/ports/automations.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { checkAlone, checkAutomation } from './check-automation.ts';
import { type Document, demandSourceRight, readDefinitions, refuseIf } from './read-definitions.ts';

export interface CheckOrder {
  readonly documents: readonly Document[];
  /** Syntax, guard and template only. */
  readonly offline: boolean;
}

/** What `apply` would say, without applying anything. */
export const checkDefinitions = async (
  ports: Ports,
  { documents, offline }: CheckOrder,
  principal: Principal,
  language: Language,
) => {
  const definitions = readDefinitions(documents, language);
  if (offline) {
    const findings = joinFindings(
      definitions.automations.map(({ spec }) =>
        inDefinition(spec.name, checkAlone(spec, givenSource(definitions, spec.source), language)),
      ),
    );
    refuseIf(findings.faults);
    return describeCheck(definitions, findings.warnings);
  }
  await demandSourceRight(ports, definitions, principal);
  return describeCheck(definitions, await checkAll(ports, definitions, language));
};

const describeCheck = ({ sources, automations }: Definitions, warnings: readonly FieldFault[]) => ({
  sources: sources.map(({ spec }) => spec.name),
  automations: automations.map(({ spec }) => spec.name),
  warnings: [...warnings],
});

/** Throws with the faults of all automations; the warnings otherwise. */
export const checkAll = async (
  ports: Ports,
  definitions: Definitions,
  language: Language,
): Promise<readonly FieldFault[]> => {
  const findings: Findings[] = [];
  for (const given of definitions.automations) {
    const { name, source } = given.spec;
    const known = givenSource(definitions, source) ?? (await (await ports.automations()).source(source));
    const found = await checkAutomation(ports, given.spec, known, language);
    findings.push(
      inDefinition(name, { ...found, faults: [...(await wrongId(ports, given, language)), ...found.faults] }),
    );
  }
  const { faults, warnings } = joinFindings(findings);
  refuseIf(faults);
  return warnings;
};

const givenSource = ({ sources }: Definitions, name: string): SourceSpec | undefined =>
  sources.find(({ spec }) => spec.name === name)?.spec;

/** A file with the id of one automation and the name of another would make two of the same name. */
const wrongId = async (
  ports: Ports,
  { id, spec }: GivenAutomation,
  language: Language,
): Promise<FieldFault[]> => {
  const holder = id === undefined ? undefined : await (await ports.automations()).find(spec.name);
  return holder && holder.id !== id
    ? [definitionFault('id', 'wrong_id', { name: spec.name, id: holder.id }, language)]
    : [];
};
