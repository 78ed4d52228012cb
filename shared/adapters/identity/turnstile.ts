/** Lets so many in at once and so many wait; whoever comes after that is told at once. */
export const createTurnstile = (atOnce: number, waiting: number) => {
  const queue: (() => void)[] = [];
  let inside = 0;
  return {
    isFull: (): boolean => inside >= atOnce && queue.length >= waiting,
    /** Undefined: full. Otherwise wait for it, and leave. */
    enter: (): Promise<void> | undefined => {
      if (inside < atOnce) {
        inside += 1;
        return Promise.resolve();
      }
      if (queue.length >= waiting) return undefined;
      return new Promise((resolve) => queue.push(resolve));
    },
    leave: (): void => {
      const next = queue.shift();
      if (next) next();
      else inside -= 1;
    },
  };
};
