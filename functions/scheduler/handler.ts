import { scheduleChain } from '../../shared/middleware/schedule-chain.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { tick } from './tick.ts';

/** Three beats: so long after the death of the one that leads, another does. */
const TERM_MS = 15_000;

/** Of many processes one ticks. Two would do no harm, and twice the work. */
export const createSchedulerHandler = (ports: Ports) =>
  scheduleChain(async () => {
    if (await (await ports.leases()).take('scheduler', TERM_MS)) await tick(ports);
  }, ports);
