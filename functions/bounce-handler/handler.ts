import { queueChain } from '../../shared/middleware/queue-chain.ts';
import { SesEventMessage } from '../../shared/wire/ses-events.ts';
import { type TakeInPorts, takeInEvent } from './take-in-event.ts';

export const createBounceHandler = (ports: TakeInPorts) =>
  queueChain(
    SesEventMessage,
    async (event) => {
      if (event) await takeInEvent(ports, event);
    },
    ports,
  );
