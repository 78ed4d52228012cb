import { describeError, type FieldFault, type Language, toTankError } from '../../shared/domain/errors.ts';

/** What was thrown, as the fault of a field. A fault of Tank itself is nobody's field: it goes on. */
export const toldFault = (field: string, thrown: unknown, language: Language): FieldFault => {
  const { code, facts } = toTankError(thrown);
  if (code === 'internal') throw thrown;
  return { field, problem: describeError(code, facts, language) };
};
