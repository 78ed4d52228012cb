import { queueChain } from '../../shared/middleware/queue-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { SendMessage } from '../../shared/wire/messages.ts';
import { createRunKits } from './run-kit.ts';
import { sendBatch } from './send-batch.ts';

export const createSendBatchHandler = (ports: Ports) => {
  const kits = createRunKits(ports);
  return queueChain(
    SendMessage,
    (message, _, context) => sendBatch(ports, kits, message, () => context.getRemainingTimeInMillis()),
    ports,
  );
};
