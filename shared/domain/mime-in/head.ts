import { messageFault } from './fault.ts';

export interface Field {
  /** In lower case. */
  readonly name: string;
  /** Unfolded, and in Latin-1 as it came. */
  readonly value: string;
}

export interface Head {
  readonly fields: readonly Field[];
  /** Where the body begins. */
  readonly bodyStart: number;
}

const MAX_HEAD = 64 * 1024;
const MAX_FIELDS = 500;
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\r(?!\n)/;

/** The fields from `start` on, up to the first empty line before `end`. A part may have none. */
export const readHead = (mail: string, start: number, end: number): Head => {
  const head = mail.slice(start, Math.min(end, start + MAX_HEAD + 4));
  const blank = /^\r?\n|\r?\n\r?\n/.exec(head);
  if (!blank && head.length > MAX_HEAD) throw messageFault('head_too_large');
  const text = head.slice(0, blank?.index ?? head.length);
  if (CONTROLS.test(text)) throw messageFault('control_character');
  return { fields: fieldsOf(text), bodyStart: blank ? start + blank.index + blank[0].length : end };
};

const fieldsOf = (text: string): Field[] => {
  const lines = text
    .replace(/\r?\n(?=[ \t])/g, '')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  if (lines.length > MAX_FIELDS) throw messageFault('head_too_large');
  return lines.flatMap((line) => {
    const [, name, value = ''] = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name: name.toLowerCase(), value: value.trim() }];
  });
};

/** The only one of its name; a second From or To would be read differently by different readers. */
export const onlyField = (fields: readonly Field[], name: string): string | undefined => {
  const [first, second] = fields.filter((field) => field.name === name);
  if (second) throw messageFault('field_twice');
  return first?.value;
};
