/** Keeps the last few results of a slow look-up; callers of the same moment share one; a failure is not kept. */
export const createRecentlyUsed = <T>(size: number, load: (id: string) => Promise<T>) => {
  const kept = new Map<string, Promise<T>>();
  const keep = (id: string, value: Promise<T>): void => {
    kept.delete(id);
    kept.set(id, value);
    const [oldest] = kept.keys();
    if (kept.size > size && oldest !== undefined) kept.delete(oldest);
  };
  return (id: string): Promise<T> => {
    const value = kept.get(id) ?? load(id);
    keep(id, value);
    value.catch(() => kept.get(id) === value && kept.delete(id));
    return value;
  };
};
