import { type Language, TankError } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import type { AutomationVersion } from '../../shared/ports/automations.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { describeHold } from '../../shared/use-cases/describe-run.ts';
import { findAutomation } from '../../shared/use-cases/find-automation.ts';
import { automationDocument } from '../../shared/wire/automation-spec.ts';

export interface AutomationFilter {
  readonly organisation?: string | undefined;
  readonly source?: string | undefined;
}

export const listAutomations = async (ports: Ports, { organisation, source }: AutomationFilter) => {
  const versions = (await (await ports.automations()).list())
    .filter(({ spec }) => organisation === undefined || spec.organisation === organisation)
    .filter(({ spec }) => source === undefined || spec.source === source);
  return { items: versions.map(describeVersion), nextCursor: null };
};

const describeVersion = ({ id, version, spec, createdAt, createdBy }: AutomationVersion) => ({
  id,
  name: spec.name,
  organisation: spec.organisation,
  source: spec.source,
  version,
  createdAt: new Date(createdAt).toISOString(),
  createdBy,
});

const withDefinition = (found: AutomationVersion) => ({
  ...describeVersion(found),
  definition: { ...automationDocument(found.spec, found.id) },
});

export const describeAutomation = async (ports: Ports, found: AutomationVersion, language: Language) => {
  const holds = await (await ports.ledger()).holdsOf('automation', found.id);
  return { ...withDefinition(found), holds: holds.map((hold) => describeHold(hold, language)) };
};

export const getAutomation = async (ports: Ports, idOrName: string, language: Language) =>
  describeAutomation(ports, await findAutomation(ports, idOrName), language);

export const listVersions = async (ports: Ports, idOrName: string) => {
  const { id } = await findAutomation(ports, idOrName);
  const versions = await (await ports.automations()).versions(id);
  return { items: versions.map(describeVersion), nextCursor: null };
};

export const getVersion = async (ports: Ports, idOrName: string, version: number) => {
  const { id } = await findAutomation(ports, idOrName);
  const found = await (await ports.automations()).version(id, version);
  if (!found) throw new TankError('not_found', { what: 'version' });
  return withDefinition(found);
};

export const archiveAutomation = async (
  ports: Ports,
  idOrName: string,
  principal: Principal,
): Promise<void> => {
  const { id } = await findAutomation(ports, idOrName);
  const remove = { sources: [], automations: [id] };
  await (await ports.automations()).apply({ sources: [], automations: [], remove }, principal.id);
  ports.runtime.log.info('automation_archived', { automation: id, principal: principal.id });
};
