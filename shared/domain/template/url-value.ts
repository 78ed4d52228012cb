import { TankError } from '../errors.ts';

const SAFE_LINK = /^(?:https?:\/\/[^\s"'<>\\]+|mailto:[^\s"'<>\\]+|tel:[\d+().-]+|cid:[^\s"'<>\\]+)$/i;
const SAFE_CSS = /^[\w.#%+\- ]*$/;
const HALF_PAIR = /\p{Surrogate}/gu;

/** Percent-encoded, but for the @ of an address: it is harmless behind a host and readable. */
export const urlPart = (value: string): string =>
  encodeURIComponent(value.replace(HALF_PAIR, '\ufffd')).replaceAll('%40', '@');

/** A value that is a whole link must be one; `javascript:` in a customer's column never becomes a link. */
export const checkLink = (value: string, variable: string): string => {
  const link = value.trim();
  if (link !== '' && !SAFE_LINK.test(link))
    throw new TankError('value_unformattable', { variable, format: 'url' });
  return link;
};

export const checkCss = (value: string, variable: string): string => {
  if (!SAFE_CSS.test(value)) throw new TankError('value_unformattable', { variable, format: 'style' });
  return value;
};
