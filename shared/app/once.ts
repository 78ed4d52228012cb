import type { Lazy } from '../ports/ports.ts';

/** Made when first asked for and kept; a making that failed is tried again at the next asking. */
export const once = <T>(make: () => Promise<T>): Lazy<T> => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
};

/** The same, one for each key. */
export const oncePer = <T>(make: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
  const made = new Map<string, Lazy<T>>();
  return (key) => {
    const known = made.get(key) ?? once(() => make(key));
    made.set(key, known);
    return known();
  };
};
