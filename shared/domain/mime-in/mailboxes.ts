import { parseAddress } from '../address.ts';
import { messageFault } from './fault.ts';
import { decodeWords } from './words.ts';

export interface ReadMailbox {
  readonly name: string;
  readonly address: string;
}

const MAX_MAILBOXES = 200;

/** `a@b, "Kim, M" <c@d>, Team: e@f, g@h;` — comments dropped, groups opened, encoded words decoded. */
export const readMailboxes = (field: string): ReadMailbox[] => {
  const entries = splitAtCommas(withoutComments(field));
  if (entries.length > MAX_MAILBOXES) throw messageFault('recipients');
  return entries.map(readMailbox);
};

const PIECES = /\\.|"(?:[^"\\]|\\.)*"|[^\\"()]+|./gs;

const withoutComments = (field: string): string => {
  let depth = 0;
  let kept = '';
  for (const piece of field.match(PIECES) ?? []) {
    if (piece === '(') depth += 1;
    else if (piece === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) kept += piece;
  }
  return kept;
};

const splitAtCommas = (field: string): string[] => {
  const entries: string[] = [];
  let entry = '';
  const end = (): void => {
    if (entry.trim() !== '') entries.push(entry.trim());
    entry = '';
  };
  for (const piece of field.match(/"(?:[^"\\]|\\.)*"|<[^<>]*>|[,:;]|[^",:;<]+|./gs) ?? []) {
    if (piece === ',' || piece === ';') end();
    // What stands before a colon is the name of a group.
    else if (piece === ':') entry = '';
    else entry += piece;
  }
  end();
  return entries;
};

const readMailbox = (entry: string): ReadMailbox => {
  const angled = /^(.*)<([^<>]*)>$/s.exec(entry);
  const parsed = parseAddress((angled?.[2] ?? entry).trim());
  if (!parsed.ok) throw messageFault('address');
  const name = (angled?.[1] ?? '')
    .trim()
    .replace(/^"(.*)"$/s, '$1')
    .replace(/\\(.)/g, '$1');
  return { name: decodeWords(name), address: parsed.address };
};
