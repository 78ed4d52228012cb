import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Runtime } from '../../shared/ports/runtime.ts';

/** Real time, which can be moved on. */
export class MovableClock implements Clock {
  #ahead = 0;

  now(): number {
    return Date.now() + this.#ahead;
  }

  monotonic(): number {
    return performance.now();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await sleep(ms, undefined, signal ? { signal } : {});
  }

  move(ms: number): void {
    this.#ahead += ms;
  }
}

export const runtimeWith = (clock: Clock): Pick<Runtime, 'clock' | 'id'> => {
  let last = 0;
  return { clock, id: () => (++last).toString(36).padStart(20, '0') };
};
