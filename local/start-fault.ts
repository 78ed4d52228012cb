/** The host cannot start, and a person can mend it. Shaped like a fault of the settings; the command line exits with 2. */
export class StartFault extends Error {
  override readonly name = 'StartFault';
  readonly key: string;
  readonly problem: string;
  readonly mend: string;

  constructor(fault: { key: string; problem: string; mend: string; cause?: unknown }) {
    super(`${fault.key} ${fault.problem}. ${fault.mend}`, { cause: fault.cause });
    this.key = fault.key;
    this.problem = fault.problem;
    this.mend = fault.mend;
  }
}
