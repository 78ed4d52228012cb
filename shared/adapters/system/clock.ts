import type { Clock } from '../../ports/runtime.ts';

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  // Each call to a transport sleeps once and is woken: the timer of node:timers/promises makes an error of that.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener('abort', wake);
    }),
};
