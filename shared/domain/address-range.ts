/** An IP address as a number, so that ranges are compared and not spelled. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly bits: bigint;
}

export interface AddressRange extends IpAddress {
  readonly prefix: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;
const MAPPED = 0xffffn;

/** Undefined for anything but one address; `::ffff:192.0.2.1` is the IPv4 address that it carries. */
export const parseAddress = (text: string): IpAddress | undefined => {
  if (!text.includes(':')) return parseV4(text);
  const bits = parseV6(text);
  if (bits === undefined) return undefined;
  return bits >> 32n === MAPPED ? { version: 4, bits: bits & 0xffffffffn } : { version: 6, bits };
};

/** `192.0.2.0/24`, `2001:db8::/32`, or one address. */
export const parseRange = (text: string): AddressRange | undefined => {
  const [base = '', length, ...rest] = text.split('/');
  const address = parseAddress(base);
  if (!address || rest.length > 0) return undefined;
  const width = WIDTH[address.version];
  if (length === undefined) return { ...address, prefix: width };
  if (!/^\d{1,3}$/.test(length) || Number(length) > width) return undefined;
  return { ...address, prefix: Number(length) };
};

const isWithin = (address: IpAddress, range: AddressRange): boolean => {
  if (address.version !== range.version) return false;
  const shift = BigInt(WIDTH[range.version] - range.prefix);
  return address.bits >> shift === range.bits >> shift;
};

export const isInRanges = (text: string, ranges: readonly AddressRange[]): boolean => {
  const address = parseAddress(text);
  return address !== undefined && ranges.some((range) => isWithin(address, range));
};

const NETWORK_PREFIX = { 4: 24, 6: 64 } as const;

/** Addresses of one network read alike: IPv4 by /24, IPv6 by /64. What is no address stands for itself. */
export const networkOf = (text: string): string => {
  const address = parseAddress(text);
  if (!address) return text;
  const prefix = NETWORK_PREFIX[address.version];
  const network = address.bits >> BigInt(WIDTH[address.version] - prefix);
  return `${address.version}:${network.toString(16)}/${prefix}`;
};

/** Whom a limit counts as one: an IPv4 address, or all of an IPv6 /64, which one caller holds whole. */
export const callerOf = (text: string): string => {
  const address = parseAddress(text);
  return address?.version === 6 ? networkOf(text) : text.replace(/^::ffff:/i, '');
};

const parseV4 = (text: string): IpAddress | undefined => {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (!parts || parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0'))))
    return undefined;
  return { version: 4, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) };
};

const GROUPS = 8;

const parseV6 = (text: string): bigint | undefined => {
  const plain = withoutDottedEnd(text);
  const halves = plain?.split('::') ?? [];
  if (!plain || halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = GROUPS - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
};

/** `::ffff:192.0.2.1` → `::ffff:c000:201` */
const withoutDottedEnd = (text: string): string | undefined => {
  const dotted = /(^.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (!dotted) return text;
  const end = parseV4(dotted[2] ?? '');
  return end && `${dotted[1]}${(end.bits >> 16n).toString(16)}:${(end.bits & 0xffffn).toString(16)}`;
};
