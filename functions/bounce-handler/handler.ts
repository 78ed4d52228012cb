import { queueChain } from '../../shared/middleware/queue-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { SesEventMessage } from '../../shared/wire/ses-events.ts';
import { takeInEvent } from './take-in-event.ts';

export const createBounceHandler = (ports: Pick<Ports, 'runtime' | 'events' | 'ledger' | 'vault'>) =>
  queueChain(ports, SesEventMessage, async (event) => {
    if (event) await takeInEvent(ports, event);
  });
