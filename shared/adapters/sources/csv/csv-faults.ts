import type { Language } from '../../../domain/errors.ts';
import type { FaultText } from '../../../domain/fault-text.ts';
import type { SourceFaults } from '../source-faults.ts';

/** Collects what is wrong with a file, by line and without its content, so that all of it can be mended at once. */
export interface CsvFaults {
  add(line: number, problem: FaultText): void;
  /** More would not be read by anybody. */
  readonly full: boolean;
  throwIfAny(faults: SourceFaults): void;
}

interface LineFault {
  readonly line: number;
  readonly problem: FaultText;
}

const SHOWN = 20;

export const collectCsvFaults = (): CsvFaults => {
  const found: LineFault[] = [];
  return {
    add: (line, problem) => void found.push({ line, problem }),
    get full() {
      return found.length >= SHOWN;
    },
    throwIfAny: (faults) => {
      if (found.length === 0) return;
      const shown = found.toSorted((a, b) => a.line - b.line).slice(0, SHOWN);
      const more = found.length >= SHOWN;
      throw faults.failed({
        en: `the file has faults: ${listOf(shown, 'en')}${more ? '; and perhaps more' : ''}`,
        ko: `파일에 오류가 있습니다: ${listOf(shown, 'ko')}${more ? '; 더 있을 수 있습니다' : ''}`,
      });
    },
  };
};

const listOf = (shown: readonly LineFault[], language: Language): string =>
  shown
    .map(({ line, problem }) =>
      language === 'ko' ? `${line}행 ${problem.ko}` : `line ${line} ${problem.en}`,
    )
    .join('; ');
