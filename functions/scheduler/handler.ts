import { scheduleChain } from '../../shared/middleware/schedule-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { tick } from './tick.ts';

export const createSchedulerHandler = (ports: Ports) => scheduleChain(() => tick(ports), ports);
