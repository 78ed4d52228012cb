import { z } from 'zod';

/** C0 and C1 controls and DEL; tab and line ends stay where text may have lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
const LINE_CONTROLS = /[\t\r\n\u2028\u2029]+/g;

/** Free text of several lines: NFC, without control characters. */
export const text = (min: number, max: number) =>
  z
    .string()
    .overwrite((value) => value.normalize('NFC').replace(CONTROLS, ''))
    .min(min)
    .max(max);

/** Free text of one line, trimmed: names, reasons, titles. */
export const line = (min: number, max: number) =>
  z
    .string()
    .overwrite((value) => value.normalize('NFC').replace(CONTROLS, '').replace(LINE_CONTROLS, ' ').trim())
    .min(min)
    .max(max);
