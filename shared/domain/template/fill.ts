import { TankError } from '../errors.ts';
import type { Row } from '../row.ts';
import { formatValue } from './format.ts';
import type { MailTemplate, Slot } from './program.ts';
import type { MailValues } from './values.ts';

/** Every value of one mail as text: of the mail itself, and of each row of each list. */
export interface FilledValues {
  readonly values: readonly string[];
  readonly lists: readonly (readonly (readonly string[])[])[];
  readonly texts: readonly string[];
}

/** Looks every value up and formats it once. NULL is empty; a column or a mapping that is not there is a fault. */
export const fillValues = (template: MailTemplate, given: MailValues): FilledValues => {
  const { zone } = template;
  const values = template.slots.map((slot) => textOf(slot, ownerOf(slot, given), zone));
  const lists = template.lists.map(({ name, slots }) =>
    present(given.lists, name).map((row) => slots.map((slot) => textOf(slot, row, zone))),
  );
  const texts = template.texts.map((name) => textOfText(name, present(given.texts, name), zone));
  return { values, lists, texts };
};

const ownerOf = (slot: Slot, given: MailValues): Row =>
  slot.owner === 'target' ? given.target : present(given.simple, slot.mapping);

const present = <T>(record: Readonly<Record<string, T>>, name: string): T => {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  if (value === undefined) throw new TankError('value_missing', { variable: name });
  return value;
};

const textOf = (slot: Slot, row: Row, zone: string): string => {
  const value = row[slot.column];
  // A string is never inherited; anything else might be, from a column named like a method of objects.
  if (value === undefined || (typeof value !== 'string' && !Object.hasOwn(row, slot.column))) {
    throw new TankError('value_missing', { variable: slot.label });
  }
  const text = formatValue(value, slot.format, zone);
  if (text === undefined)
    throw new TankError('value_unformattable', { variable: slot.label, format: formatName(slot) });
  return text;
};

const formatName = ({ format }: Slot): string =>
  format.kind === 'date' ? `date:${format.text}` : format.kind;

const textOfText = (name: string, value: Row[string], zone: string): string => {
  const text = formatValue(value, { kind: 'plain' }, zone);
  if (text === undefined) throw new TankError('value_unformattable', { variable: name, format: 'text' });
  return text;
};
