import type { AutomationSpec } from '../domain/automation.ts';
import { TankError } from '../domain/errors.ts';
import type { Ports } from '../ports/ports.ts';

const MAX_AGE_MS = 24 * 3_600_000;

/** An automation that names block lists sends nothing while one of them is older than a day. */
export const demandFreshLists = async (
  ports: Pick<Ports, 'blockLists'>,
  { blockLists = [] }: Pick<AutomationSpec, 'blockLists'>,
): Promise<void> => {
  if (blockLists.length === 0) return;
  const stale = await (await ports.blockLists()).staleAmong(blockLists, MAX_AGE_MS);
  if (stale.length > 0) throw new TankError('block_list_stale', { lists: stale.join(', ') });
};
