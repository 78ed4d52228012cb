import { type AutomationSpec, DEFAULT_ZONE } from '../../shared/domain/automation.ts';
import type { Findings } from '../../shared/domain/definition-faults.ts';
import type { FieldFault, Language } from '../../shared/domain/errors.ts';
import { compileTemplate } from '../../shared/domain/template/compile.ts';
import { describeTemplateFault, type TemplateFault } from '../../shared/domain/template/faults.ts';
import { type KnownNames, TARGET_QUALIFIER } from '../../shared/domain/template/values.ts';
import type { YieldedColumns } from './check-columns.ts';

/** The template against the columns that the queries yield. */
export const checkTemplate = (spec: AutomationSpec, yielded: YieldedColumns, language: Language): Findings =>
  compiled(spec, yieldedNames(spec, yielded), language);

/** Without a source: every name that the template uses is taken for one that will be there. */
export const checkTemplateAlone = (spec: AutomationSpec, language: Language): Findings =>
  compiled(spec, usedNames(spec), language);

const compiled = (spec: AutomationSpec, known: KnownNames, language: Language): Findings => {
  const told = (fault: TemplateFault): FieldFault => ({
    field: `mail.${fault.part}`,
    problem: describeTemplateFault(fault, language),
  });
  const { faults, warnings } = compileTemplate(spec.mail, known, spec.schedule?.zone ?? DEFAULT_ZONE);
  return { faults: faults.map(told), warnings: warnings.map(told) };
};

const columnsOf = (
  { mappings }: AutomationSpec,
  type: 'simple' | 'list',
  columns: (index: number, name: string) => readonly string[],
) =>
  Object.fromEntries(
    mappings.flatMap((mapping, index) =>
      mapping.type === type ? [[mapping.name, columns(index, mapping.name)] as const] : [],
    ),
  );

const textsOf = ({ mappings }: AutomationSpec): string[] =>
  mappings.filter(({ type }) => type === 'text').map(({ name }) => name);

const yieldedNames = (spec: AutomationSpec, yielded: YieldedColumns): KnownNames => {
  const of = (index: number) => yielded.get(`mappings.${index}.query`) ?? [];
  return {
    target: yielded.get('recipients.target') ?? [],
    simple: columnsOf(spec, 'simple', of),
    lists: columnsOf(spec, 'list', of),
    texts: textsOf(spec),
  };
};

const USED = /\$\(([^()|]+)/g;

const usedNames = (spec: AutomationSpec): KnownNames => {
  const { subject, html } = spec.mail;
  const used = [...`${subject}\n${html}`.matchAll(USED)].map(([, name = '']) => name);
  const texts = textsOf(spec);
  const ofOwner = (owner: string) =>
    used.filter((name) => name.startsWith(`${owner}.`)).map((name) => name.slice(owner.length + 1));
  return {
    target: [...used.filter((name) => !texts.includes(name)), ...ofOwner(TARGET_QUALIFIER)],
    simple: columnsOf(spec, 'simple', (_, name) => ofOwner(name)),
    lists: columnsOf(spec, 'list', (_, name) => ofOwner(name)),
    texts,
  };
};
