import { queueChain } from '../../shared/middleware/queue-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { WriteBackMessage } from '../../shared/wire/messages.ts';
import { writeBack } from './write-back.ts';

export const createWriteBackHandler = (ports: Ports) =>
  queueChain(ports, WriteBackMessage, ({ runId }, { remainingMs }) => writeBack(ports, runId, remainingMs));
