import { TankError } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import type { Organisation } from '../../shared/ports/organisations.ts';
import type { Ports } from '../../shared/ports/ports.ts';

export const listOrganisations = async (ports: Ports) => {
  const [organisations, automations] = await Promise.all([
    (await ports.organisations()).list(),
    (await ports.automations()).list(),
  ]);
  const owned = (name: string) => automations.filter(({ spec }) => spec.organisation === name).length;
  return { items: organisations.map((one) => describe(one, owned(one.name))), nextCursor: null };
};

const describe = ({ name, title, createdAt, createdBy }: Organisation, automations: number) => ({
  name,
  title,
  automations,
  createdAt: new Date(createdAt).toISOString(),
  createdBy,
});

export const addOrganisation = async (
  ports: Ports,
  { name, title = name }: { readonly name: string; readonly title?: string | undefined },
  principal: Principal,
) => {
  const organisation = { name, title, createdAt: ports.runtime.clock.now(), createdBy: principal.id };
  if (!(await (await ports.organisations()).add(organisation)))
    throw new TankError('name_taken', { what: 'organisation' });
  return describe(organisation, 0);
};

export const retitleOrganisation = async (ports: Ports, name: string, title: string) => {
  await (await ports.organisations()).retitle(name, title);
  return findOrganisation(ports, name);
};

const findOrganisation = async (ports: Ports, name: string) => {
  const { items } = await listOrganisations(ports);
  const found = items.find((one) => one.name === name);
  if (!found) throw new TankError('not_found', { what: 'organisation' });
  return found;
};

export const removeOrganisation = async (ports: Ports, name: string): Promise<void> => {
  const { automations } = await findOrganisation(ports, name);
  if (automations > 0)
    throw new TankError('still_in_use', { what: 'organisation', by: `automations: ${automations}` });
  await (await ports.organisations()).remove(name);
};
