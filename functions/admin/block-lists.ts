import { TankError } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import type { BlockList } from '../../shared/ports/block-lists.ts';
import type { Ports } from '../../shared/ports/ports.ts';

export const listBlockLists = async (ports: Ports) => ({
  items: (await (await ports.blockLists()).list()).map(describe),
});

const describe = (list: BlockList) => ({
  id: list.id,
  name: list.name,
  url: list.url,
  entries: list.entries,
  createdAt: new Date(list.createdAt).toISOString(),
  createdBy: list.createdBy,
  ...(list.fetchedAt === undefined ? {} : { fetchedAt: new Date(list.fetchedAt).toISOString() }),
  ...(list.fault === undefined ? {} : { fault: list.fault }),
});

export const addBlockList = async (
  ports: Ports,
  { name, url }: { readonly name: string; readonly url: string },
  by: Principal,
) => {
  const lists = await ports.blockLists();
  const id = ports.runtime.id();
  const problem = 'there is one of this name';
  if (!(await lists.add({ id, name, url, createdBy: by.id })))
    throw new TankError('invalid_request', {}, { fields: [{ field: 'name', problem }] });
  const added = (await lists.list()).find((list) => list.id === id);
  if (!added) throw new TankError('internal');
  return describe(added);
};

export const removeBlockList = async (ports: Ports, id: string): Promise<void> =>
  demand((await ports.blockLists()).remove(id));

export const refreshBlockList = async (ports: Ports, id: string): Promise<void> =>
  demand((await ports.blockLists()).ask(id));

const demand = async (found: Promise<boolean>): Promise<void> => {
  if (!(await found)) throw new TankError('not_found', { what: 'block list' });
};
