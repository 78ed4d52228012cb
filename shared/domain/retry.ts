/** What follows a try that failed for now: another after a wait, or the end. `tries` counts this one. */
export const nextTry = (
  tries: number,
  waitsMs: readonly number[],
): { readonly kind: 'retry'; readonly afterMs: number } | { readonly kind: 'failed' } => {
  const afterMs = waitsMs[tries - 1];
  return afterMs === undefined ? { kind: 'failed' } : { kind: 'retry', afterMs };
};
