import { type FieldFault, type Language, TankError } from '../../shared/domain/errors.ts';
import type { Definitions } from '../../shared/ports/automations.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { type Definition, readDefinition } from '../../shared/wire/automation.ts';
import { checkAutomation } from './check-automation.ts';

type Document = Readonly<Record<string, unknown>>;

/** Everything is read and checked before anything is saved; the faults of all documents come in one answer. */
export const applyDefinitions = async (
  ports: Ports,
  documents: readonly Document[],
  author: string,
  language: Language,
) => {
  const definitions = sortOut(readAll(documents));
  const faults: FieldFault[] = [];
  for (const { spec } of definitions.automations) {
    faults.push(...(await checkAutomation(ports, spec, definitions.sources, language)));
  }
  refuseIf(faults);
  const saved = await (await ports.automations()).apply(definitions, author);
  return {
    sources: saved.sources.map((one) => ({ ...one, name: one.id })),
    automations: saved.automations.map((one, index) => ({
      ...one,
      name: definitions.automations[index]?.spec.name ?? one.id,
    })),
  };
};

const refuseIf = (faults: readonly FieldFault[]): void => {
  if (faults.length > 0) throw new TankError('invalid_request', {}, { fields: faults });
};

const readAll = (documents: readonly Document[]): Definition[] => {
  const read = documents.map((document) => ({ name: nameOf(document), result: readDefinition(document) }));
  refuseIf(
    read.flatMap(({ name, result }) =>
      result.ok
        ? []
        : result.faults.map((fault) => ({ ...fault, field: [name, fault.field].filter(Boolean).join('.') })),
    ),
  );
  return read.flatMap(({ result }) => (result.ok ? [result.definition] : []));
};

const nameOf = ({ automation, source }: Document): string => {
  const name = automation ?? source;
  return typeof name === 'string' ? name : 'document';
};

const sortOut = (definitions: readonly Definition[]): Definitions => ({
  sources: definitions.flatMap((one) => (one.kind === 'source' ? [one.spec] : [])),
  automations: definitions.flatMap((one) =>
    one.kind === 'automation' ? [{ spec: one.spec, ...(one.id ? { id: one.id } : {}) }] : [],
  ),
});
