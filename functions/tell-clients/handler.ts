import { scheduleChain } from '../../shared/middleware/schedule-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { forgetContents } from './forget-contents.ts';
import { remindOfRenewals } from './remind-of-renewals.ts';
import { type TellPorts, tellClients } from './tell-clients.ts';

export const createTellClientsHandler = (ports: TellPorts & Pick<Ports, 'limits'>) =>
  scheduleChain(async (_, context) => {
    await tellClients(ports, () => context.getRemainingTimeInMillis());
    await remindOfRenewals(ports);
    await forgetContents(ports);
  }, ports);
