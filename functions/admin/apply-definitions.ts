import type { z } from 'zod';
import { type FieldFault, type Language, TankError } from '../../shared/domain/errors.ts';
import type { Definitions } from '../../shared/ports/automations.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import {
  AutomationDocument,
  SourceDocument,
  toAutomationSpec,
  toSourceSpec,
} from '../../shared/wire/automation.ts';
import { checkAutomation } from './check-automation.ts';

type Document = Readonly<Record<string, unknown>>;

/** Everything is read and checked before anything is saved; the faults of all documents come in one answer. */
export const applyDefinitions = async (
  ports: Ports,
  documents: readonly Document[],
  author: string,
  language: Language,
) => {
  const faults: FieldFault[] = [];
  const definitions = readDefinitions(documents, faults);
  refuseIf(faults);
  for (const { spec } of definitions.automations)
    faults.push(...(await checkAutomation(ports, spec, definitions.sources, language)));
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

const readDefinitions = (documents: readonly Document[], faults: FieldFault[]): Definitions => {
  const sources = documents.filter((document) => 'kind' in document);
  const automations = documents.filter((document) => !('kind' in document));
  return {
    sources: sources.flatMap((document) =>
      read(SourceDocument, document, document.source, faults).map(toSourceSpec),
    ),
    automations: automations.flatMap((document) =>
      read(AutomationDocument, document, document.automation, faults).map((given) => ({
        spec: toAutomationSpec(given),
        ...(given.id ? { id: given.id } : {}),
      })),
    ),
  };
};

const read = <S extends z.ZodType>(
  schema: S,
  document: Document,
  name: unknown,
  faults: FieldFault[],
): z.output<S>[] => {
  const result = schema.safeParse(document);
  if (result.success) return [result.data];
  const of = typeof name === 'string' ? name : 'document';
  faults.push(
    ...result.error.issues.map((issue) => ({ field: [of, ...issue.path].join('.'), problem: issue.message })),
  );
  return [];
};
