import { faultText } from '../../../domain/fault-text.ts';
import type { CsvFaults } from './csv-faults.ts';

const STRAY_QUOTE = faultText(
  'has a quote inside a field that is not quoted',
  '따옴표로 감싸지 않은 항목 안에 따옴표가 있습니다',
);
const TEXT_BEHIND_QUOTE = faultText('has text behind a closing quote', '닫는 따옴표 뒤에 글자가 있습니다');
const OPEN_QUOTE = faultText('opens a quote that is never closed', '따옴표가 열리고 닫히지 않았습니다');

/** Fields of one record; an empty field is NULL, and "" is an empty text. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly (string | null)[];
}

/** start: a field begins · plain: without quotes · quoted: within quotes · closing: a quote that closes, or the first of two */
type Mode = 'start' | 'plain' | 'quoted' | 'closing';

export interface RecordParser {
  push(text: string): readonly CsvRecord[];
  end(): readonly CsvRecord[];
}

/** RFC 4180, strictly: a quote where none may stand is a fault, for a guess would put a value under another's column. */
export const createRecordParser = (delimiter: string, faults: CsvFaults): RecordParser => {
  let mode: Mode = 'start';
  let field = '';
  let fields: (string | null)[] = [];
  let records: CsvRecord[] = [];
  let line = 1;
  let recordLine = 1;
  let quoteLine = 1;

  const endField = (text: string | null) => {
    fields.push(text);
    field = '';
    mode = 'start';
  };
  const endRecord = (text: string | null) => {
    endField(text);
    const blank = fields.length === 1 && fields[0] === null;
    if (!blank) records.push({ line: recordLine, fields });
    fields = [];
    recordLine = line + 1;
  };
  const withoutReturn = () => (field.endsWith('\r') ? field.slice(0, -1) : field) || null;

  const step: Readonly<Record<Mode, (sign: string) => void>> = {
    start: (sign) => {
      if (sign !== '"') return step.plain(sign);
      mode = 'quoted';
      quoteLine = line;
    },
    plain: (sign) => {
      if (sign === delimiter) return endField(field || null);
      if (sign === '\n') return endRecord(withoutReturn());
      if (sign === '"') faults.add(line, STRAY_QUOTE);
      mode = 'plain';
      field += sign;
    },
    quoted: (sign) => {
      if (sign === '"') mode = 'closing';
      else field += sign;
    },
    closing: (sign) => {
      if (sign === delimiter) return endField(field);
      if (sign === '\n') return endRecord(field);
      if (sign === '\r') return;
      if (sign !== '"') faults.add(line, TEXT_BEHIND_QUOTE);
      field += sign;
      mode = sign === '"' ? 'quoted' : 'plain';
    },
  };

  const take = () => {
    const taken = records;
    records = [];
    return taken;
  };

  return {
    push: (text) => {
      for (const sign of text) {
        step[mode](sign);
        if (sign === '\n') line += 1;
        if (faults.full) break;
      }
      return take();
    },
    end: () => {
      if (mode === 'quoted') faults.add(quoteLine, OPEN_QUOTE);
      if (mode === 'closing') endRecord(field);
      else if (field !== '' || fields.length > 0) endRecord(withoutReturn());
      return take();
    },
  };
};
