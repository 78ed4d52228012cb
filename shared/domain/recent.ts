/** Remembers the latest `size` results, so that a file that goes to everybody is read once and not once per person. */
export const createRecent = <T>(size: number) => {
  const entries = new Map<string, Promise<T>>();
  return (key: string, make: () => Promise<T>): Promise<T> => {
    const known = entries.get(key);
    if (known) return known;
    const made = make();
    entries.set(key, made);
    made.catch(() => entries.delete(key));
    const oldest = entries.keys().next();
    if (entries.size > size && !oldest.done) entries.delete(oldest.value);
    return made;
  };
};
