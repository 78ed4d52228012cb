import { withoutApostrophe } from './csv-text.ts';

/** One line of a file of addresses. `line` is what an editor shows. */
export interface AddressRow {
  readonly line: number;
  readonly address: string;
  readonly scope?: string;
  readonly reason?: string;
}

const HEADINGS: Readonly<Record<string, keyof Omit<AddressRow, 'line'>>> = {
  address: 'address',
  email: 'address',
  'e-mail': 'address',
  mail: 'address',
  이메일: 'address',
  '이메일 주소': 'address',
  메일: 'address',
  주소: 'address',
  scope: 'scope',
  reason: 'reason',
};

interface Columns {
  readonly address: number;
  readonly scope?: number;
  readonly reason?: number;
}

/**
 * Files of addresses as people and programs make them: with a heading or without, separated by commas, semicolons
 * or tabs, quoted or not. Without a heading, the first cell of each line that looks like an address is it.
 */
export const readAddressCsv = (text: string): readonly AddressRow[] => {
  const records = recordsOf(text.replace(/^\ufeff/, ''));
  const [first] = records;
  const columns = first && columnsOf(first.cells);
  return (columns ? records.slice(1) : records).flatMap(({ line, cells }): AddressRow[] => {
    const address = columns ? cells[columns.address] : (cells.find((cell) => cell.includes('@')) ?? cells[0]);
    if (!address) return [];
    return [
      {
        line,
        address: withoutApostrophe(address),
        ...named('scope', cells, columns),
        ...named('reason', cells, columns),
      },
    ];
  });
};

const named = (name: 'scope' | 'reason', cells: readonly string[], columns: Columns | undefined) => {
  const at = columns?.[name];
  const cell = at === undefined ? undefined : cells[at];
  return cell ? { [name]: cell } : {};
};

const columnsOf = (cells: readonly string[]): Columns | undefined => {
  const names = cells.map((cell) => HEADINGS[cell.toLowerCase()]);
  const address = names.indexOf('address');
  if (address < 0) return undefined;
  const [scope, reason] = [names.indexOf('scope'), names.indexOf('reason')];
  return { address, ...(scope < 0 ? {} : { scope }), ...(reason < 0 ? {} : { reason }) };
};

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

const CELL = /(?:"((?:[^"]|"")*)"|([^",;\t\r\n]*))[^\S\r\n\t]*(,|;|\t|\r\n|\n|\r|$)/y;

/** A quotation mark that nothing closes ends with its line, so that one slip does not swallow the rest of the file. */
const recordsOf = (text: string): readonly CsvRecord[] => {
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    CELL.lastIndex = at;
    const match = CELL.exec(text);
    const [whole = '', quoted, plain = '', end = ''] = match ?? brokenCell(text, at);
    cells.push((quoted?.replaceAll('""', '"') ?? plain).trim());
    at += whole.length;
    if (end !== '' && /[,;\t]/.test(end)) continue;
    if (cells.some((cell) => cell !== '')) records.push({ line, cells });
    cells = [];
    line += 1 + (quoted?.match(/\n/g)?.length ?? 0);
    if (end === '' && at < text.length) at += 1;
  }
  if (cells.some((cell) => cell !== '')) records.push({ line, cells });
  return records;
};

const brokenCell = (text: string, at: number): readonly [string, undefined, string, string] => {
  const [whole = '', content = '', end = ''] = /([^\r\n]*)(\r\n|\n|\r|$)/.exec(text.slice(at)) ?? [];
  return [whole, undefined, content.replaceAll('"', ''), end === '' ? '\n' : end];
};
