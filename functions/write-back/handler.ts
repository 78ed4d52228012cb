import { queueChain } from '../../shared/middleware/queue-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { WriteBackMessage } from '../../shared/wire/messages.ts';
import { writeBack } from './write-back.ts';

export const createWriteBackHandler = (ports: Ports) =>
  queueChain(
    WriteBackMessage,
    ({ runId }, _, context) => writeBack(ports, runId, () => context.getRemainingTimeInMillis()),
    ports,
  );
