/** Work that a drain waits for. */
export interface InFlight {
  readonly count: number;
  track<T>(work: Promise<T>): Promise<T>;
  /** Resolves when nothing is in flight any more. */
  idle(): Promise<void>;
}

export const createInFlight = (): InFlight => {
  const running = new Set<Promise<unknown>>();
  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.allSettled(running);
  };
  return {
    get count() {
      return running.size;
    },
    track: (work) => {
      running.add(work);
      const forget = () => running.delete(work);
      work.then(forget, forget);
      return work;
    },
    idle,
  };
};
