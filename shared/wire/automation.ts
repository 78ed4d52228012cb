import { z } from 'zod';
import type { AutomationSpec, SourceSpec } from '../domain/automation.ts';
import type { FieldFault, Language } from '../domain/errors.ts';
import { formFault } from '../domain/form-faults.ts';
import { nearest } from '../domain/nearest.ts';
import { AutomationDocument, SourceDocument } from './automation-document.ts';
import { automationSpec, sourceSpec } from './automation-spec.ts';
import { issueText, readIn } from './issue-text.ts';
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
export const readDefinition = (document: unknown, language: Language): ReadDefinition => {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return refuse([formFault('', 'no_mapping', language)]);
  }
  // An automation names its source, too.
  if ('automation' in document) return readAutomation(document, language);
  if ('source' in document) return readSource(document, language);
  return refuse([formFault('', 'no_kind', language)]);
};

const refuse = (faults: readonly FieldFault[]): ReadDefinition => ({ ok: false, faults });

const readSource = (document: object, language: Language): ReadDefinition => {
  const parsed = readIn(SourceDocument, document, language);
  if (!parsed.success) return refuse(faultsOf(parsed.error, SourceDocument, document, language));
  const faults = parsed.data.kind === 'csv' ? [] : csvOnly(parsed.data, language);
  if (faults.length > 0) return refuse(faults);
  return { ok: true, definition: { kind: 'source', spec: sourceSpec(parsed.data) } };
};

const csvOnly = (document: SourceDocument, language: Language): FieldFault[] =>
  (['encoding', 'delimiter'] as const)
    .filter((field) => document[field] !== undefined)
    .map((field) => formFault(field, 'csv_only', language, { field, kind: document.kind }));

const readAutomation = (document: object, language: Language): ReadDefinition => {
  const parsed = readIn(AutomationDocument, document, language);
  if (!parsed.success) return refuse(faultsOf(parsed.error, AutomationDocument, document, language));
  const { id, mail, mappings, schedule } = parsed.data;
  const faults = [
    ...mailFaults(mail, language),
    ...mappingFaults(mappings ?? [], language),
    ...(schedule ? scheduleFaults(schedule, language) : []),
  ];
  if (faults.length > 0) return refuse(faults);
  const spec = automationSpec(parsed.data, mail.html ?? '');
  return {
    ok: true,
    definition: id === undefined ? { kind: 'automation', spec } : { kind: 'automation', id, spec },
  };
};

const mailFaults = (
  { html, htmlFile, advertising, unsubscribe }: AutomationDocument['mail'],
  language: Language,
): FieldFault[] => {
  const faults: FieldFault[] = [];
  if (html !== undefined && htmlFile !== undefined) {
    faults.push(formFault('mail.htmlFile', 'html_twice', language));
  } else if (htmlFile !== undefined) {
    faults.push(formFault('mail.htmlFile', 'html_file_here', language));
  } else if (html === undefined) faults.push(formFault('mail.html', 'missing', language));
  if (advertising && unsubscribe === false) {
    faults.push(formFault('mail.unsubscribe', 'advertising_binds', language));
  }
  return faults;
};

const mappingFaults = (mappings: readonly { readonly name: string }[], language: Language): FieldFault[] =>
  mappings.flatMap(({ name }, index) =>
    mappings.findIndex((other) => other.name === name) < index
      ? [formFault(`mappings.${index}.name`, 'mapping_twice', language, { name })]
      : [],
  );

const faultsOf = (error: z.ZodError, schema: z.ZodType, document: object, language: Language): FieldFault[] =>
  error.issues.flatMap((issue) => {
    const field = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((key) =>
        unknownKey(field === '' ? key : `${field}.${key}`, key, known, language),
      );
    }
    return [
      valueAt(document, issue.path) === undefined
        ? formFault(field, 'missing', language)
        : { field, problem: issueText(issue, language) },
    ];
  });

const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step], document);

const unknownKey = (field: string, key: string, known: readonly string[], language: Language): FieldFault => {
  const meant = nearest(key, known);
  return meant === undefined
    ? formFault(field, 'unknown_key', language, { known: known.join(', ') })
    : formFault(field, 'unknown_key_near', language, { nearest: meant });
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
