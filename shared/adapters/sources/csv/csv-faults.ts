import { TankError } from '../../../domain/errors.ts';
import type { SourceFaults } from '../source-faults.ts';

/** Collects what is wrong with a file, by line and without its content, so that all of it can be mended at once. */
export interface CsvFaults {
  add(line: number, problem: string): void;
  /** More would not be read by anybody. */
  readonly full: boolean;
  throwIfAny(faults: SourceFaults): void;
}

const SHOWN = 20;

export const collectCsvFaults = (): CsvFaults => {
  const found: { readonly line: number; readonly problem: string }[] = [];
  return {
    add: (line, problem) => void found.push({ line, problem }),
    get full() {
      return found.length >= SHOWN;
    },
    throwIfAny: (faults) => {
      if (found.length === 0) return;
      const shown = found.toSorted((a, b) => a.line - b.line).slice(0, SHOWN);
      const list = shown.map(({ line, problem }) => `line ${line} ${problem}`).join('; ');
      const { code, facts } = faults.failed(
        `the file has faults: ${list}${found.length >= SHOWN ? '; and perhaps more' : ''}`,
      );
      throw new TankError(code, facts, {
        fields: shown.map(({ line, problem }) => ({ field: `line ${line}`, problem })),
      });
    },
  };
};
