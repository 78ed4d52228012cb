/** Whoever asks while the work is under way is served by the next round, together with all others who asked meanwhile. */
export const inRounds = (work: () => Promise<unknown>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    try {
      await work();
    } finally {
      running = undefined;
    }
  };
  const start = (): Promise<void> => {
    next = undefined;
    running = run();
    return running;
  };
  return () => {
    if (!running) return start();
    next ??= running.then(start, start);
    return next;
  };
};
