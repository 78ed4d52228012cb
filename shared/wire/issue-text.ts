import type { z } from 'zod';
import { en, ko } from 'zod/locales';
import type { Language } from '../domain/errors.ts';
import { describeFormFault, isFormFault } from '../domain/form-faults.ts';

const WORDING = { en: en().localeError, ko: ko().localeError };

/** What a schema says in its own words is a code of FORM_FAULTS; the rest is zod's, in the caller's language. */
export const readIn = <S extends z.ZodType>(schema: S, value: unknown, language: Language) =>
  schema.safeParse(value, { error: WORDING[language] });

export const issueText = ({ message }: z.core.$ZodIssue, language: Language): string =>
  isFormFault(message) ? describeFormFault(message, {}, language) : message;
