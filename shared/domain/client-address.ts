import { type AddressRange, isInRanges, parseAddress, parseRange } from './address-range.ts';

/** Whose word about a caller's address counts. */
export interface TrustedProxies {
  readonly ranges: readonly AddressRange[];
  readonly cloudflare: boolean;
}

/** https://www.cloudflare.com/ips, unchanged since 2021 but for additions. */
const CLOUDFLARE = [
  '173.245.48.0/20',
  '103.21.244.0/22',
  '103.22.200.0/22',
  '103.31.4.0/22',
  '141.101.64.0/18',
  '108.162.192.0/18',
  '190.93.240.0/20',
  '188.114.96.0/20',
  '197.234.240.0/22',
  '198.41.128.0/17',
  '162.158.0.0/15',
  '104.16.0.0/13',
  '104.24.0.0/14',
  '172.64.0.0/13',
  '131.0.72.0/22',
  '2400:cb00::/32',
  '2606:4700::/32',
  '2803:f800::/32',
  '2405:b500::/32',
  '2405:8100::/32',
  '2a06:98c0::/29',
  '2c0f:f248::/32',
].flatMap((text) => parseRange(text) ?? []);

const LOOPBACK = ['127.0.0.0/8', '::1'].flatMap((text) => parseRange(text) ?? []);

/** Of `loopback`, `cloudflare`, addresses and ranges; undefined: one of them is none of these. */
export const parseProxies = (names: readonly string[]): TrustedProxies | undefined => {
  const ranges = names
    .filter((name) => name !== 'cloudflare')
    .map((name) => (name === 'loopback' ? LOOPBACK : parseRange(name)));
  if (ranges.includes(undefined)) return undefined;
  return { ranges: ranges.flatMap((range) => range ?? []), cloudflare: names.includes('cloudflare') };
};

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Who calls: the peer of the connection, unless that is a proxy we trust. Then the list of X-Forwarded-For
 * is read from its end, where our own proxies write, up to the first hop that is not ours: what stands
 * before it the caller may have made up.
 */
export const clientAddress = (peer: string, headers: Headers, proxies: TrustedProxies): string => {
  const forwarded = (headers['x-forwarded-for'] ?? '').split(',').map((hop) => hop.trim());
  let hop = peer;
  while (isInRanges(hop, proxies.ranges)) {
    const next = forwarded.pop();
    if (next === undefined || !parseAddress(next)) return hop;
    hop = next;
  }
  return proxies.cloudflare && isInRanges(hop, CLOUDFLARE) ? toldByCloudflare(headers, hop) : hop;
};

const toldByCloudflare = (headers: Headers, hop: string): string => {
  const told = headers['cf-connecting-ip']?.trim() ?? '';
  return parseAddress(told) ? told : hop;
};
