/** Records of RFC 4180 text: quoted cells may hold separators, line ends and doubled quotes. Empty lines are left out. */
export const csvLines = (text: string): string[][] => {
  const lines: string[][] = [];
  let cells: string[] = [];
  for (const [, quoted, plain, end] of text.replace(/^\uFEFF/, '').matchAll(CELL)) {
    cells.push(quoted === undefined ? (plain ?? '').trim() : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (cells.some((cell) => cell !== '')) lines.push(cells);
    cells = [];
    if (end === '') break;
  }
  return lines;
};

const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
