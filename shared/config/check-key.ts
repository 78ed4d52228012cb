import type { ConfigFault, Key } from './key.ts';

/** The keys that a test or a script may rely on being documented. */
export const checkKey = (key: Key, value: string | undefined): ConfigFault[] => {
  if (value === undefined || value === '') return [];
  const problem = problemOf(key.type, value);
  return problem
    ? [{ key: key.name, problem: key.secret ? problem.withoutValue : problem.text, mend: problem.mend }]
    : [];
};

interface Problem {
  readonly text: string;
  readonly withoutValue: string;
  readonly mend: string;
}

const problem = (value: string, what: string, mend: string): Problem => ({
  text: `is "${value}", which ${what}`,
  withoutValue: `has a value that ${what}`,
  mend,
});

const problemOf = (type: Key['type'], value: string): Problem | undefined => {
  const unless = (fits: boolean, what: string, mend: string): Problem | undefined =>
    fits ? undefined : problem(value, what, mend);
  switch (type.kind) {
    case 'text':
      return unless(
        hasForm(type, value),
        'does not have the expected form',
        `Give ${type.hint ?? 'another value'}.`,
      );
    case 'integer':
      return unless(isNumberWithin(type, value), 'is not a whole number in range', rangeOf(type));
    case 'number':
      return unless(isNumberWithin(type, value), 'is not a number in range', rangeOf(type));
    case 'choice':
      return unless(type.of.includes(value), 'is not one of the choices', `Give ${type.of.join(', ')}.`);
    case 'url':
      return unless(
        isUrl(value, type.schemes),
        'is not such an address',
        `Give an address that starts with ${type.schemes.map((s) => `${s}//`).join(' or ')}.`,
      );
    case 'list':
      return unless(
        value.split(',').every((item) => type.item.test(item.trim())),
        'is not such a list',
        `Give ${type.hint}, separated by commas.`,
      );
    case 'minutes':
      return unless(
        /^\d{1,4}(,\d{1,4}){0,9}$/.test(value),
        'is not a list of minutes',
        'Give minutes separated by commas, such as 1,5,15.',
      );
  }
};

const rangeOf = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  `Give a number from ${min} to ${max}.`;

const hasForm = (type: { pattern?: RegExp }, value: string): boolean => type.pattern?.test(value) ?? true;

const isNumberWithin = (
  type: { kind: 'integer' | 'number'; min: number; max: number },
  value: string,
): boolean => {
  const form = type.kind === 'integer' ? /^\d+$/ : /^\d+(\.\d+)?$/;
  return form.test(value) && Number(value) >= type.min && Number(value) <= type.max;
};

const isUrl = (value: string, schemes: readonly string[]): boolean =>
  URL.canParse(value) && schemes.includes(new URL(value).protocol);
