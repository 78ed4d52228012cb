import { TankError } from '../../domain/errors.ts';
import { UniqueViolation } from '../../ports/database.ts';

const UNIQUE_VIOLATION = 'ORA-00001';
const DEADLOCKS = ['ORA-00060', 'ORA-08177'];

/** What Oracle understood and refused: the text of a statement, a value, a constraint. */
const OURS = /^ORA-(?:009\d\d|014\d\d|017\d\d|018\d\d|022\d\d|065\d\d|12899|22\d{3}|30926)$/;

const codeOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return '';
  const named = 'code' in thrown ? String(thrown.code) : thrown.message;
  return /\b(?:ORA|NJS|DPI)-\d+/.exec(named)?.[0] ?? '';
};

export const isUniqueViolation = (thrown: unknown): boolean => codeOf(thrown) === UNIQUE_VIOLATION;

/** The session is as good as before: only the statement was refused. */
export const isRefusal = (thrown: unknown): boolean => {
  const code = codeOf(thrown);
  return code === UNIQUE_VIOLATION || DEADLOCKS.includes(code) || OURS.test(code);
};

/** A refusal is a fault of ours and is thrown as it came. All else is a store that is away for a while. */
export const storeFault = (thrown: unknown): unknown => {
  if (isUniqueViolation(thrown))
    return new UniqueViolation('a unique index refused the row', { cause: thrown });
  const code = codeOf(thrown);
  if (OURS.test(code) || thrown instanceof TankError) return thrown;
  return new TankError('store_unavailable', { reason: code || 'no answer' }, { cause: thrown });
};

export const isDeadlock = (thrown: unknown): boolean => DEADLOCKS.includes(codeOf(thrown));
