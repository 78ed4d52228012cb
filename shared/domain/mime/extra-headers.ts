import { TankError } from '../errors.ts';
import { foldAtSpaces, formatTextField, LINE_LIMIT, toSingleLine } from './header-text.ts';

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9-]{0,75}$/;
/** Fields that the composer or the transport writes, and those that would add a recipient or a body. */
const RESERVED =
  /^(from|to|cc|bcc|sender|reply-to|subject|date|message-id|mime-version|return-path|received|dkim-signature|x-tank-.*|x-ses-.*|content-.*|resent-.*)$/i;

/** Further fields of a mail; one that could change recipients or structure is refused, for the definition is wrong. */
export const formatExtraFields = (headers: Readonly<Record<string, string>>): string[] =>
  Object.entries(headers).map(([name, value]) => {
    if (!FIELD_NAME.test(name) || RESERVED.test(name)) {
      throw new TankError('invalid_definition', { reason: 'a header of this name cannot be set' });
    }
    return formatExtraField(name, toSingleLine(value));
  });

/** URLs of List-Unsubscribe must stay as they are, and may hold "=?": only a whole encoded word is encoded away. */
const formatExtraField = (name: string, value: string): string => {
  if (!/^[\x20-\x7e]*$/.test(value) || /=\?[^?]*\?[^?]?\?/.test(value)) return formatTextField(name, value);
  const field = foldAtSpaces(`${name}: ${value}`);
  if (field.split('\r\n').some((line) => line.length > LINE_LIMIT)) {
    throw new TankError('invalid_definition', { reason: `the header ${name} has a word longer than a line` });
  }
  return field;
};
