import { definitionFault } from '../../shared/domain/definition-faults.ts';
import { type FieldFault, type Language, TankError } from '../../shared/domain/errors.ts';
import { mayDo, type Principal } from '../../shared/domain/permissions.ts';
import type { Definitions } from '../../shared/ports/automations.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { type Definition, readDefinition } from '../../shared/wire/automation.ts';

export type Document = Readonly<Record<string, unknown>>;

export const refuseIf = (faults: readonly FieldFault[]): void => {
  if (faults.length > 0) throw new TankError('invalid_request', {}, { fields: faults });
};

/** All documents of some files; the faults of all of them come at once, each with the document's name. */
export const readDefinitions = (documents: readonly Document[], language: Language): Definitions => {
  const read = documents.map((document) => ({
    name: nameOf(document),
    result: readDefinition(document, language),
  }));
  refuseIf([
    ...read.flatMap(({ name, result }) =>
      result.ok
        ? []
        : result.faults.map((fault) => ({ ...fault, field: [name, fault.field].filter(Boolean).join('.') })),
    ),
    ...twins(documents, language),
  ]);
  return sortOut(read.flatMap(({ result }) => (result.ok ? [result.definition] : [])));
};

const nameOf = ({ automation, source }: Document): string => {
  const name = automation ?? source;
  return typeof name === 'string' ? name : 'document';
};

const twins = (documents: readonly Document[], language: Language): FieldFault[] => {
  const named = documents.map((document) => ({
    field: `${nameOf(document)}.${'automation' in document ? 'automation' : 'source'}`,
  }));
  const repeated = named.filter(
    ({ field }, index) => named.findIndex((other) => other.field === field) < index,
  );
  return repeated.map(({ field }) => definitionFault(field, 'duplicate_name', {}, language));
};

const sortOut = (definitions: readonly Definition[]): Definitions => ({
  sources: definitions.flatMap((one) => (one.kind === 'source' ? [{ spec: one.spec }] : [])),
  automations: definitions.flatMap((one) =>
    one.kind === 'automation' ? [{ spec: one.spec, ...(one.id ? { id: one.id } : {}) }] : [],
  ),
});

/** A definition of a source says where Tank connects to with whose secret: that is the administrator's. */
export const demandSourceRight = async (
  ports: Ports,
  { sources }: Definitions,
  principal: Principal,
): Promise<void> => {
  if (mayDo(principal, 'sources:write')) return;
  const automations = await ports.automations();
  for (const { spec } of sources) {
    const known = await automations.source(spec.name);
    if (JSON.stringify(known) !== JSON.stringify(spec)) throw new TankError('forbidden');
  }
};
