/** Where a value goes: `$(NAME)`, `$(NAME|format)` or `$(NAME|format:argument)`. */
export interface Hole {
  readonly kind: 'hole';
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly format?: string;
  readonly argument?: string;
}

export type Piece =
  | Hole
  | { readonly kind: 'static' | 'unclosed'; readonly start: number; readonly end: number };

/** No name and format is longer; a bound keeps a page full of "$(" linear. */
const LONGEST_HOLE = 200;

/** Cuts a stretch of a template into what stays and what is filled. Nothing else reads the `$(` syntax. */
export const cutHoles = (source: string, start: number, end: number): Piece[] => {
  const pieces: Piece[] = [];
  // Searching the slice, not the source, keeps many small stretches linear.
  const stretch = source.slice(start, end);
  let from = 0;
  for (let at = stretch.indexOf('$('); at >= 0; at = stretch.indexOf('$(', from)) {
    const close = closingAt(stretch, at + 2);
    if (at > from) pieces.push({ kind: 'static', start: start + from, end: start + at });
    from = close < 0 ? at + 2 : close + 1;
    if (close < 0) pieces.push({ kind: 'unclosed', start: start + at, end: start + from });
    else pieces.push(readHole(stretch.slice(at + 2, close), start + at, start + from));
  }
  if (from < stretch.length) pieces.push({ kind: 'static', start: start + from, end });
  return pieces;
};

const closingAt = (stretch: string, start: number): number => {
  const limit = Math.min(stretch.length, start + LONGEST_HOLE);
  for (let at = start; at < limit; at++) {
    const char = stretch[at];
    if (char === ')') return at;
    if (char === '\n' || char === '<' || (char === '$' && stretch[at + 1] === '(')) return -1;
  }
  return -1;
};

const readHole = (inside: string, start: number, end: number): Hole => {
  const place = { kind: 'hole', start, end } as const;
  const bar = inside.indexOf('|');
  if (bar < 0) return { ...place, name: inside.trim() };
  const name = inside.slice(0, bar).trim();
  const written = inside.slice(bar + 1);
  const colon = written.indexOf(':');
  if (colon < 0) return { ...place, name, format: written.trim() };
  return {
    ...place,
    name,
    format: written.slice(0, colon).trim(),
    argument: written.slice(colon + 1).trim(),
  };
};
