import { queueChain } from '../../shared/middleware/queue-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { SendMessage } from '../../shared/wire/messages.ts';
import { createCallGates } from './call-gate.ts';
import { createRunKits } from './run-kit.ts';
import { sendBatch } from './send-batch.ts';

export const createSendBatchHandler = (ports: Ports) => {
  const process = { ports, kits: createRunKits(ports), gates: createCallGates(ports.runtime.clock) };
  return queueChain(
    SendMessage,
    (message, _, context) => sendBatch(process, message, () => context.getRemainingTimeInMillis()),
    ports,
  );
};
