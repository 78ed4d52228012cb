import type { CsvFaults } from './csv-faults.ts';
import type { CsvRecord } from './records.ts';

/** Column names of the first line: none empty, none twice, in whatever case. */
export const headerOf = ({ line, fields }: CsvRecord, faults: CsvFaults): readonly string[] => {
  const names = fields.map((field) => (field ?? '').trim());
  const folded = names.map((name) => name.toLowerCase());
  for (const [i, name] of folded.entries()) {
    if (name === '') faults.add(line, `gives no name to column ${i + 1}`);
    else if (folded.indexOf(name) < i)
      faults.add(line, `gives column ${i + 1} the same name as column ${folded.indexOf(name) + 1}`);
  }
  return names;
};
