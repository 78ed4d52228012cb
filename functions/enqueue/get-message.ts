import { type Language, TankError } from '../../shared/domain/errors.ts';
import type { Client } from '../../shared/ports/clients.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { describeMessage } from '../../shared/use-cases/describe-message.ts';

/** Another client's message is not there. */
export const getMessage = async (ports: Ports, { spec }: Client, id: string, language: Language) => {
  const messages = await ports.messages();
  const message = await messages.find(id);
  if (message?.clientId !== spec.id) throw new TankError('not_found', { what: 'message' });
  return describeMessage(message, await messages.sends(message.sendIds), language);
};
