import { TankError } from '../../domain/errors.ts';
import { UniqueViolation } from '../../ports/database.ts';

const UNIQUE_VIOLATION = '23505';

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';

/**
 * A statement that PostgreSQL understood and refused is a fault of ours and is thrown as it came. All else
 * (no connection, a restart, no room, a lock that took too long) is a store that is away for a while.
 */
const OURS = /^(?:22|23|42|0A)/;

export const storeFault = (thrown: unknown): unknown => {
  const code = codeOf(thrown);
  if (code === UNIQUE_VIOLATION)
    return new UniqueViolation('a unique index refused the row', { cause: thrown });
  if (OURS.test(code) || thrown instanceof TankError) return thrown;
  return new TankError('store_unavailable', { reason: code || 'no answer' }, { cause: thrown });
};

/** Two transactions met, and PostgreSQL chose one to repeat. */
export const wantsRepeat = (thrown: unknown): boolean => ['40001', '40P01'].includes(codeOf(thrown));
