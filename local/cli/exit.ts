import type { ConfigFault } from '../../shared/config/key.ts';

/** 0 done · 1 failed · 2 wrong use · 3 waits for a person. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Ends the command with a sentence for the person who typed it. */
export class Exit extends Error {
  override readonly name: string = 'Exit';
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string) {
    super(message);
    this.code = code;
  }
}

interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

/** A handler has refused: what a command may want to tell in its own way. */
export class Refused extends Exit {
  readonly errors: readonly FieldProblem[];

  constructor(code: ExitCode, message: string, errors: readonly FieldProblem[]) {
    super(code, message);
    this.errors = errors;
  }
}

export const describeFaults = (faults: readonly ConfigFault[]): string =>
  ['The configuration has faults:', ...faults.map(describeFault)].join('\n');

export const describeFault = ({ key, problem, mend }: ConfigFault): string =>
  `  ${key} ${problem}.\n    → ${mend}`;
