import { TankError } from '../../shared/domain/errors.ts';
import type { AutomationVersion } from '../../shared/ports/automations.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { automationDocument, sourceDocument } from '../../shared/wire/automation-spec.ts';

/** The documents that `apply` reads, sources first; of some automations, or of everything. */
export const exportDefinitions = async (ports: Ports, names: readonly string[]) => {
  const stored = await ports.automations();
  const automations = names.length > 0 ? await findAll(ports, names) : await stored.list();
  const used = new Set(automations.map(({ spec }) => spec.source));
  const sources = (await stored.sources()).filter(({ spec }) => names.length === 0 || used.has(spec.name));
  return {
    documents: [
      ...sources.map(({ spec }) => ({ ...sourceDocument(spec) })),
      ...automations.map(({ id, spec }) => ({ ...automationDocument(spec, id) })),
    ],
  };
};

const findAll = async (ports: Ports, names: readonly string[]): Promise<AutomationVersion[]> => {
  const stored = await ports.automations();
  const found: AutomationVersion[] = [];
  for (const name of names) {
    const one = await stored.find(name);
    if (!one) throw new TankError('not_found', { what: 'automation' });
    found.push(one);
  }
  return found;
};
