import { decodeEntities } from './entities.ts';
import type { TemplateFaultCode } from './faults.ts';
import type { Place } from './program.ts';

const URL_ATTRIBUTES = new Set([
  'href',
  'src',
  'action',
  'formaction',
  'background',
  'cite',
  'poster',
  'data',
  'longdesc',
  'xlink:href',
]);

/** A list of URLs, a whole document, a refresh target: no way of writing makes a value safe there. */
const REFUSED_ATTRIBUTES = new Set([
  'srcset',
  'srcdoc',
  'http-equiv',
  'content',
  'ping',
  'usemap',
  'manifest',
]);

export type PlaceOrFault = { readonly place: Place } | { readonly fault: TemplateFaultCode };

/** How a value is written into a quoted attribute; `before` is the attribute's text up to its first value. */
export const placeInAttribute = (attribute: string, before: string, first: boolean): PlaceOrFault => {
  if (attribute.startsWith('on') || REFUSED_ATTRIBUTES.has(attribute))
    return { fault: 'variable_in_attribute' };
  if (attribute === 'style') return { place: 'css' };
  return URL_ATTRIBUTES.has(attribute) ? placeInUrl(before, first) : { place: 'html' };
};

const HOST = /^(?:https?:)?\/\/[^/?#]*$/i;
const BEHIND_HOST = /^(?:https?:)?\/\/[^/?#]+[/?#]/i;
const SAFE_SCHEME = /^(?:mailto|tel|sms|cid):/i;
/** A slash, question or number sign before any colon: there is no scheme. */
const RELATIVE = /^[^:]*[/?#]/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what browsers drop
const DROPPED = /[\u0000-\u0020]/g;

const placeInUrl = (written: string, first: boolean): PlaceOrFault => {
  // Browsers drop blanks and line ends from a URL before they look for its scheme, and read \\ as /.
  const before = decodeEntities(written).replace(DROPPED, '').replaceAll('\\', '/');
  if (before === '') return { place: first ? 'link' : 'url' };
  if (HOST.test(before)) return { fault: 'variable_in_host' };
  const fixed = BEHIND_HOST.test(before) || SAFE_SCHEME.test(before) || RELATIVE.test(before);
  return fixed ? { place: 'url' } : { fault: 'variable_in_scheme' };
};
