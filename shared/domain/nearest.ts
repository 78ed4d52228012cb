/** Longer names are compared with nothing: the distance is quadratic and nobody mistypes so much. */
const LONGEST = 64;

const fold = (name: string): string => name.toLowerCase().replace(/[_\-\s]/g, '');

/** The known name that the writer most likely meant: another case or separator first, then few typing slips. */
export const nearest = (name: string, known: Iterable<string>): string | undefined => {
  if (name.length > LONGEST) return undefined;
  let best: string | undefined;
  let bestDistance = Math.floor(fold(name).length / 3) + 1;
  for (const candidate of known) {
    if (candidate.length > LONGEST) continue;
    const distance = slips(fold(name), fold(candidate), bestDistance);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
};

/** Insertions, deletions, replacements and swapped neighbours; `limit` when there are that many or more. */
const slips = (from: string, to: string, limit: number): number => {
  if (Math.abs(from.length - to.length) >= limit) return limit;
  let older: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = nextRow(from, to, row, previous, older);
    older = previous;
    previous = current;
  }
  return Math.min(limit, previous[to.length] ?? limit);
};

const nextRow = (
  from: string,
  to: string,
  row: number,
  previous: readonly number[],
  older: readonly number[],
): number[] => {
  const current = [row];
  for (let column = 1; column <= to.length; column++) {
    const same = from[row - 1] === to[column - 1];
    const swapped =
      row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
    current[column] = Math.min(
      (previous[column] ?? 0) + 1,
      (current[column - 1] ?? 0) + 1,
      (previous[column - 1] ?? 0) + (same ? 0 : 1),
      swapped ? (older[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
    );
  }
  return current;
};
