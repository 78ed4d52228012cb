const DELIMITERS = /[._-]/;

/**
 * Whether a file name carries the owner as a whole token between `.`, `_` and `-`: 123 is in
 * `statement_123.pdf` and not in `statement_1234.pdf`. The extension is no token.
 */
export const carriesOwner = (fileName: string, owner: string): boolean =>
  isOwnerToken(owner) && tokensOf(fileName).includes(owner);

/**
 * An owner with a delimiter inside could never be told apart from two tokens: `12-34` would let the
 * file `12-34.pdf` also pass as the file of customer 12. Such owners match nothing.
 */
export const isOwnerToken = (owner: string): boolean => owner !== '' && !DELIMITERS.test(owner);

const tokensOf = (fileName: string): readonly string[] => {
  const dot = fileName.lastIndexOf('.');
  return (dot <= 0 ? fileName : fileName.slice(0, dot)).split(DELIMITERS);
};
