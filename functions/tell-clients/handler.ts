import { scheduleChain } from '../../shared/middleware/schedule-chain.ts';
import { remindOfRenewals } from './remind-of-renewals.ts';
import { type TellPorts, tellClients } from './tell-clients.ts';

export const createTellClientsHandler = (ports: TellPorts) =>
  scheduleChain(async (_, context) => {
    await tellClients(ports, () => context.getRemainingTimeInMillis());
    await remindOfRenewals(ports);
  }, ports);
