import { type FieldFault, type Language, TankError } from '../../shared/domain/errors.ts';
import { formFault } from '../../shared/domain/form-faults.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import type { SourceUse, SourceVersion } from '../../shared/ports/automations.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { refuseMighty } from '../../shared/use-cases/open-source.ts';
import { readDefinition } from '../../shared/wire/automation.ts';
import { sourceDocument } from '../../shared/wire/automation-spec.ts';
import { refuseIf } from './read-definitions.ts';

export const listSources = async (ports: Ports) => {
  const automations = await ports.automations();
  const [sources, uses] = await Promise.all([automations.sources(), automations.sourceUses()]);
  return { items: sources.map((source) => describe(source, uses)), nextCursor: null };
};

export const getSource = async (ports: Ports, name: string) => {
  const automations = await ports.automations();
  return describe(await findSource(ports, name), await automations.sourceUses());
};

const describe = ({ spec, version, createdAt, createdBy }: SourceVersion, uses: readonly SourceUse[]) => ({
  id: spec.name,
  version,
  createdAt: new Date(createdAt).toISOString(),
  createdBy,
  usedBy: [...new Set(uses.filter(({ source }) => source === spec.name).map(({ automation }) => automation))],
  definition: { ...sourceDocument(spec) },
});

const findSource = async (ports: Ports, name: string): Promise<SourceVersion> => {
  const found = await (await ports.automations()).sourceVersion(name);
  if (!found) throw new TankError('not_found', { what: 'source' });
  return found;
};

export interface SourceOrder {
  readonly document: object;
  readonly expectedVersion?: number;
}

/** Saved without being tried: the database may be away today, and `test` is there to ask. */
export const saveSource = async (
  ports: Ports,
  { document, ...expected }: SourceOrder,
  principal: Principal,
  language: Language,
) => {
  const read = readDefinition(document, language);
  if (!read.ok) throw new TankError('invalid_request', {}, { fields: read.faults });
  if (read.definition.kind !== 'source') throw new TankError('internal');
  const { spec } = read.definition;
  const given = { spec, ...expected };
  await (await ports.automations()).apply({ sources: [given], automations: [] }, principal.id);
  return getSource(ports, spec.name);
};

export const replaceSource = async (
  ports: Ports,
  name: string,
  order: SourceOrder,
  principal: Principal,
  language: Language,
) => {
  await findSource(ports, name);
  refuseIf(renamed(name, order.document, language));
  return saveSource(ports, order, principal, language);
};

/** Automations find their source by its name. */
const renamed = (name: string, document: object, language: Language): FieldFault[] =>
  'source' in document && document.source === name
    ? []
    : [formFault('source', 'name_stays', language, { name })];

export const removeSource = async (ports: Ports, name: string, principal: Principal): Promise<void> => {
  await findSource(ports, name);
  const automations = await ports.automations();
  const use = (await automations.sourceUses()).find(({ source }) => source === name);
  if (use) throw new TankError('still_in_use', { what: 'source', by: use.run ?? use.automation });
  const remove = { sources: [name], automations: [] };
  await automations.apply({ sources: [], automations: [], remove }, principal.id);
};

/** Connects in earnest, and refuses an account that could do more harm than a wrong mail. */
export const testSource = async (ports: Ports, name: string, principal: Principal) => {
  const { spec } = await findSource(ports, name);
  const report = await (await (await ports.sources()).open(spec)).test();
  refuseMighty(ports, spec, report);
  ports.runtime.log.info('source_tested', { source: name, principal: principal.id });
  return {
    source: name,
    ...report,
    privileges: [...report.privileges],
    tooMighty: [...report.tooMighty],
    ...(spec.waiver === undefined ? {} : { waiver: spec.waiver }),
  };
};
