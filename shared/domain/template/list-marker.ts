export type ListMarker =
  | { readonly kind: 'start'; readonly name: string }
  | { readonly kind: 'end' }
  /** Looks like a marker, and would silently be a comment. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'none' };

const START = /^\s*LIST\s*:\s*([\p{L}_][\p{L}\p{M}\p{N}_$#]*)\s*$/iu;
const END = /^\s*ENDLIST\s*$/i;
const LOOKS_LIKE = /^\s*(?:LIST\s*:|\/\s*LIST|END[\s_-]*LIST)/i;

/** Reads `LIST:NAME` and `ENDLIST` out of a comment. */
export const readListMarker = (comment: string): ListMarker => {
  const name = START.exec(comment)?.[1];
  if (name !== undefined) return { kind: 'start', name };
  if (END.test(comment)) return { kind: 'end' };
  return { kind: LOOKS_LIKE.test(comment.slice(0, 40)) ? 'malformed' : 'none' };
};
