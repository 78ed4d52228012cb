import type { Clock, Log } from '../shared/ports/runtime.ts';

export interface Drained {
  /** Pieces of work that did not end within the grace. */
  readonly left: number;
}

export interface DrainOptions {
  /** `process`, or a stand-in. */
  readonly source: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
  readonly stop: () => Promise<Drained>;
  readonly exit: (code: number) => void;
  readonly log: Log;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** SIGHUP: the terminal was closed. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** Ctrl+C reaches a child of npm twice: from the terminal and from npm. */
const SAME_PRESS_MS = 1_000;

/**
 * The first signal drains: 0 when all work ended, 1 when some had to be left behind (its messages come
 * back by themselves). The second signal is a person who will not wait. Returns a way to forget the signals.
 */
export const drainOnSignals = ({ source, stop, exit, log, clock }: DrainOptions): (() => void) => {
  let drainingSince: number | undefined;
  const onSignal = (signal: unknown): void => {
    if (drainingSince !== undefined) {
      if (clock.monotonic() - drainingSince < SAME_PRESS_MS) return;
      log.warn('drain_cut_short', { signal: String(signal) });
      exit(1);
      return;
    }
    drainingSince = clock.monotonic();
    log.info('drain_started', { signal: String(signal) });
    stop().then(
      ({ left }) => {
        if (left > 0) log.error('drain_incomplete', { left });
        exit(left > 0 ? 1 : 0);
      },
      (cause) => {
        log.error('drain_failed', {}, cause);
        exit(1);
      },
    );
  };
  for (const signal of SIGNALS) source.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) source.off(signal, onSignal);
  };
};
