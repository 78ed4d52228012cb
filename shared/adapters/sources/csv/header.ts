import { type FaultText, faultText } from '../../../domain/fault-text.ts';
import type { CsvFaults } from './csv-faults.ts';
import type { CsvRecord } from './records.ts';

/** Column names of the first line: none empty, none twice, in whatever case. */
export const headerOf = ({ line, fields }: CsvRecord, faults: CsvFaults): readonly string[] => {
  const names = fields.map((field) => (field ?? '').trim());
  const folded = names.map((name) => name.toLowerCase());
  for (const [i, name] of folded.entries()) {
    if (name === '') faults.add(line, unnamed(i + 1));
    else if (folded.indexOf(name) < i) faults.add(line, sameName(i + 1, folded.indexOf(name) + 1));
  }
  return names;
};

const unnamed = (column: number): FaultText =>
  faultText(`gives no name to column ${column}`, `${column}번째 컬럼의 이름이 없습니다`);

const sameName = (column: number, earlier: number): FaultText =>
  faultText(
    `gives column ${column} the same name as column ${earlier}`,
    `${column}번째 컬럼의 이름이 ${earlier}번째 컬럼과 같습니다`,
  );
