/**
 * One cell of a CSV file that people open in a spreadsheet. A value that a spreadsheet would take for a formula
 * gets an apostrophe before it (OWASP, "CSV Injection"); the full-width signs are formulas to Korean Excel, too.
 */
const csvCell = (value: string | number | undefined): string => {
  const text = value === undefined ? '' : String(value);
  const safe = /^['\s]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** What such a cell held before. */
export const withoutApostrophe = (cell: string): string => cell.replace(/^'(?=['\s]*[=+\-@＝＋－＠])/, '');

/** RFC 4180: CRLF ends every line. */
export const csvLine = (cells: readonly (string | number | undefined)[]): string =>
  `${cells.map(csvCell).join(',')}\r\n`;

/** Excel reads UTF-8 as the machine's code page unless the file begins with this. */
export const BYTE_ORDER_MARK = '\ufeff';
