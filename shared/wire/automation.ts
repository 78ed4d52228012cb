import { z } from 'zod';
import type { AutomationSpec, SourceSpec } from '../domain/automation.ts';
import type { FieldFault } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { AutomationDocument, SourceDocument } from './automation-document.ts';
import { automationSpec, sourceSpec } from './automation-spec.ts';
import { scheduleFaults } from './schedule-document.ts';

export type Definition =
  | { readonly kind: 'source'; readonly spec: SourceSpec }
  | { readonly kind: 'automation'; readonly id?: string; readonly spec: AutomationSpec };

export type ReadDefinition =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly faults: readonly FieldFault[] };

/** For editors: `# yaml-language-server: $schema=…`. */
export const definitionJsonSchema = (): object =>
  z.toJSONSchema(z.union([SourceDocument, AutomationDocument]), { io: 'input', target: 'draft-7' });

/** One document of a YAML file, as parsed: a source or an automation, told apart by its key. */
export const readDefinition = (document: unknown): ReadDefinition => {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return refuse([{ field: '', problem: 'a document holds keys and values' }]);
  }
  // An automation names its source, too.
  if ('automation' in document) return readAutomation(document);
  if ('source' in document) return readSource(document);
  return refuse([{ field: '', problem: 'a document has the key "source" or "automation"' }]);
};

const refuse = (faults: readonly FieldFault[]): ReadDefinition => ({ ok: false, faults });

const readSource = (document: object): ReadDefinition => {
  const parsed = SourceDocument.safeParse(document);
  if (!parsed.success) return refuse(faultsOf(parsed.error, SourceDocument));
  const faults = parsed.data.kind === 'csv' ? [] : csvOnly(parsed.data);
  if (faults.length > 0) return refuse(faults);
  return { ok: true, definition: { kind: 'source', spec: sourceSpec(parsed.data) } };
};

const csvOnly = (document: SourceDocument): FieldFault[] =>
  (['encoding', 'delimiter'] as const)
    .filter((field) => document[field] !== undefined)
    .map((field) => ({ field, problem: `only a csv source has ${field}; kind is ${document.kind}` }));

const readAutomation = (document: object): ReadDefinition => {
  const parsed = AutomationDocument.safeParse(document);
  if (!parsed.success) return refuse(faultsOf(parsed.error, AutomationDocument));
  const { id, mail, mappings, schedule } = parsed.data;
  const faults = [
    ...mailFaults(mail),
    ...mappingFaults(mappings ?? []),
    ...(schedule ? scheduleFaults(schedule) : []),
  ];
  if (faults.length > 0) return refuse(faults);
  const spec = automationSpec(parsed.data, mail.html ?? '');
  return {
    ok: true,
    definition: id === undefined ? { kind: 'automation', spec } : { kind: 'automation', id, spec },
  };
};

const mailFaults = ({
  html,
  htmlFile,
  advertising,
  unsubscribe,
}: AutomationDocument['mail']): FieldFault[] => {
  const faults: FieldFault[] = [];
  if (html !== undefined && htmlFile !== undefined) {
    faults.push({ field: 'mail.htmlFile', problem: 'mail.html and mail.htmlFile exclude each other' });
  } else if (htmlFile !== undefined) {
    faults.push({
      field: 'mail.htmlFile',
      problem: 'is read by "tank apply" only; here its text is expected as mail.html',
    });
  } else if (html === undefined) faults.push({ field: 'mail.html', problem: 'is missing' });
  if (advertising && unsubscribe === false) {
    faults.push({ field: 'mail.unsubscribe', problem: 'advertising mail must let its readers unsubscribe' });
  }
  return faults;
};

const mappingFaults = (mappings: readonly { readonly name: string }[]): FieldFault[] =>
  mappings.flatMap(({ name }, index) =>
    mappings.findIndex((other) => other.name === name) < index
      ? [{ field: `mappings.${index}.name`, problem: `another mapping has the name ${name}` }]
      : [],
  );

const faultsOf = (error: z.ZodError, schema: z.ZodType): FieldFault[] =>
  error.issues.flatMap((issue) => {
    const field = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((key) => ({
        field: field === '' ? key : `${field}.${key}`,
        problem: unknownKey(key, known),
      }));
    }
    return [{ field, problem: issue.message.endsWith('received undefined') ? 'is missing' : issue.message }];
  });

const unknownKey = (key: string, known: readonly string[]): string => {
  const meant = nearest(key, known);
  return meant === undefined
    ? `is unknown; known are ${known.join(', ')}`
    : `is unknown; did you mean ${meant}?`;
};

/** The keys that the schema knows at a place of the document. */
const keysAt = (schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] => {
  const object = bare(path.reduce(inside, schema));
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
};

const bare = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodOptional ? bare(schema.unwrap()) : schema;

const inside = (schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType => {
  const place = bare(schema);
  if (place instanceof z.ZodArray) return place.element;
  const shape: Readonly<Record<string, z.core.$ZodType>> = place instanceof z.ZodObject ? place.shape : {};
  return shape[String(step)] ?? place;
};
