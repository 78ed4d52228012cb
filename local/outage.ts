import type { Log, LogFields } from '../shared/ports/runtime.ts';

/** Something that fails again and again: told once when it begins and once when it ends, and waited for longer each time. */
export interface Outage {
  failed(cause: unknown): void;
  worked(): void;
  /** How long to wait before the next try; 0 while all is well. */
  waitMs(): number;
}

export interface OutageOptions {
  readonly event: string;
  readonly fields: LogFields;
  readonly log: Log;
  readonly random: () => number;
  readonly firstMs: number;
  readonly mostMs: number;
  /** Failures in a row that are nothing yet to wait for or to speak of. */
  readonly tolerated: number;
}

export const createOutage = (options: OutageOptions): Outage => {
  const { event, fields, log, random, firstMs, mostMs, tolerated } = options;
  let failures = 0;
  return {
    failed: (cause) => {
      failures += 1;
      if (failures === tolerated + 1) log.error(`${event}_failing`, fields, cause);
    },
    worked: () => {
      if (failures > tolerated) log.info(`${event}_recovered`, { ...fields, failures });
      failures = 0;
    },
    waitMs: () => {
      if (failures <= tolerated) return 0;
      const wait = Math.min(mostMs, firstMs * 2 ** Math.min(failures - tolerated - 1, 20));
      // Half fixed, half random: daemons that lost the same broker must not come back in step.
      return wait / 2 + (wait / 2) * random();
    },
  };
};
