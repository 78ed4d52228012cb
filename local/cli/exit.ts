import type { ConfigFault } from '../../shared/config/load.ts';

/** 0 done · 1 failed · 2 wrong use · 3 waits for a person. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Ends the command with a sentence for the person who typed it. */
export class Exit extends Error {
  override readonly name = 'Exit';
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const describeFaults = (faults: readonly ConfigFault[]): string =>
  ['The configuration has faults:', ...faults.map(describeFault)].join('\n');

export const describeFault = ({ key, problem, mend }: ConfigFault): string =>
  `  ${key} ${problem}.\n    → ${mend}`;
