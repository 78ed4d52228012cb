import { TankError } from '../domain/errors.ts';
import type { AutomationVersion } from '../ports/automations.ts';
import type { Ports } from '../ports/ports.ts';

export const findAutomation = async (ports: Ports, idOrName: string): Promise<AutomationVersion> => {
  const found = await (await ports.automations()).find(idOrName);
  if (!found) throw new TankError('not_found', { what: 'automation' });
  return found;
};
