import { type AutomationSpec, DEFAULT_ZONE } from '../domain/automation.ts';
import { type CompiledTemplate, compileTemplate } from '../domain/template/compile.ts';
import type { KnownNames } from '../domain/template/values.ts';
import type { Source } from '../ports/source.ts';

/** The template against what the source's queries really yield now; a column that has gone is a named fault. */
export const compileAutomation = async (source: Source, spec: AutomationSpec): Promise<CompiledTemplate> =>
  compileTemplate(spec.mail, await knownNames(source, spec), spec.schedule?.zone ?? DEFAULT_ZONE);

const knownNames = async (source: Source, { recipients, mappings }: AutomationSpec): Promise<KnownNames> => {
  const columnsOf = async (type: 'simple' | 'list') => {
    const chosen = mappings.filter((mapping) => mapping.type === type);
    return Object.fromEntries(
      await Promise.all(chosen.map(async ({ name, query }) => [name, await source.describe(query)] as const)),
    );
  };
  const [target, simple, lists] = await Promise.all([
    source.describe(recipients.target),
    columnsOf('simple'),
    columnsOf('list'),
  ]);
  return {
    target,
    simple,
    lists,
    texts: mappings.filter(({ type }) => type === 'text').map(({ name }) => name),
  };
};
