/**
 * Callers of the same moment share one piece of work: while one is under way the next ones gather, and go
 * together. Under load a store is asked once for hundreds of callers, without load at once.
 */
export const coalesced = <I, O>(
  work: (items: readonly I[]) => Promise<readonly O[]>,
  most: number,
): ((item: I) => Promise<O>) => {
  const waiting: Waiting<I, O>[] = [];
  let busy = false;

  const drain = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      const group = waiting.splice(0, most);
      await settle(group, work);
    }
    busy = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!busy) void drain();
    });
};

interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (result: O) => void;
  readonly reject: (fault: unknown) => void;
}

const settle = async <I, O>(
  group: readonly Waiting<I, O>[],
  work: (items: readonly I[]) => Promise<readonly O[]>,
): Promise<void> => {
  try {
    const results = await work(group.map(({ item }) => item));
    group.forEach(({ resolve }, index) => {
      resolve(results[index] as O);
    });
  } catch (fault) {
    for (const { reject } of group) reject(fault);
  }
};
