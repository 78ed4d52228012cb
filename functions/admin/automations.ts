import type { Ports } from '../../shared/ports/ports.ts';

export const listAutomations = async (ports: Ports) => {
  const versions = await (await ports.automations()).list();
  const items = versions.map(({ id, version, spec, createdAt, createdBy }) => ({
    id,
    name: spec.name,
    organisation: spec.organisation,
    version,
    createdAt: new Date(createdAt).toISOString(),
    createdBy,
  }));
  return { items, nextCursor: null };
};
