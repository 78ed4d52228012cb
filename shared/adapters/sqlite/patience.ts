import { setTimeout as sleep } from 'node:timers/promises';
import { faultText } from '../../domain/fault-text.ts';
import { Busy, unavailable } from './faults.ts';

/** How long a lock of another process is waited for. */
export const PATIENCE_MS = 10_000;
const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 100;
const LOCKED = faultText('another process holds its lock', '다른 프로세스가 잠그고 있습니다');

/** Tries again, with jitter and without blocking anybody, until the lock is free or `until` (performance.now) has come. */
export const patiently = async <T>(attempt: () => T, until: number): Promise<T> => {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return attempt();
    } catch (thrown) {
      if (!(thrown instanceof Busy)) throw thrown;
      if (performance.now() >= until) throw unavailable(LOCKED);
    }
    await sleep(wait * (0.5 + Math.random()));
  }
};
