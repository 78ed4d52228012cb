import { TankError } from '../errors.ts';
import { formatDisplayName } from './header-text.ts';

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const MAX_LOCAL_PART = 64;
const MAX_ADDRESS = 254;

/** The address as a transport takes it, its domain in Punycode; throws `address_invalid` with a reason that names nobody. */
export const toSendableAddress = (address: string): string => {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  const domain = toAsciiDomain(address.slice(at + 1));
  const reason = faultOf(local, domain);
  if (reason) throw new TankError('address_invalid', { reason });
  return `${local}@${domain}`;
};

const faultOf = (local: string, domain: string): string | undefined => {
  if (local === '' || domain === '') return 'no local part or no domain';
  if (local.length > MAX_LOCAL_PART) return 'local part longer than 64';
  if (!LOCAL_PART.test(local)) return 'local part has characters that cannot be sent';
  // A reader that decodes "=?utf-8?q?=40?=" inside an address would see another recipient.
  if (local.includes('=?')) return 'local part looks like an encoded word';
  if (!isDomain(domain)) return 'not a domain name';
  if (local.length + 1 + domain.length > MAX_ADDRESS) return 'longer than 254';
  return undefined;
};

const isDomain = (domain: string): boolean => {
  const labels = domain.split('.');
  return (
    labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
  );
};

const toAsciiDomain = (domain: string): string => {
  if (/^[\x21-\x7e]*$/.test(domain)) return domain;
  if (/[\s/?#@:%[\]\\]/.test(domain) || !URL.canParse(`http://${domain}`)) return '';
  return new URL(`http://${domain}`).hostname;
};

/** `a@b`, `Name <a@b>` or `"Name, with comma" <a@b>`: whatever stands before the last `<` is the name. */
export const parseMailbox = (text: string): Mailbox => {
  const match = /^(.*)<([^<>]*)>\s*$/s.exec(text);
  if (!match) return { name: '', address: toSendableAddress(text.trim()) };
  return { name: unquote((match[1] ?? '').trim()), address: toSendableAddress((match[2] ?? '').trim()) };
};

const unquote = (name: string): string =>
  /^"(.*)"$/s.test(name) ? name.slice(1, -1).replace(/\\(.)/gs, '$1') : name;

/** From, Reply-To: `Name: mailbox`, the address on a line of its own where both do not fit one. */
export const formatMailboxField = (field: string, mailbox: Mailbox): string => {
  const start = `${field}: `;
  const name = formatDisplayName(mailbox.name, start.length);
  if (name === '') return start + mailbox.address;
  const lastLine = (start + name).split('\r\n').at(-1) ?? '';
  const gap = lastLine.length + mailbox.address.length + 3 <= 78 ? ' ' : '\r\n ';
  return `${start}${name}${gap}<${mailbox.address}>`;
};

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
