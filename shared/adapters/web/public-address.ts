import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/**
 * Whether an address belongs to the public internet, and not to this machine, this network, a cloud's metadata
 * or a way around: IPv4 within IPv6 in any of its forms, 6to4, Teredo, NAT64.
 * https://www.iana.org/assignments/iana-ipv4-special-registry https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export const isPublicAddress = (address: string): boolean => {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(bare) === 0) return false;
  const mapped = mappedIpv4(bare);
  if (isIPv4(mapped)) return !SPECIAL.check(mapped, 'ipv4');
  return isIPv6(mapped) && GLOBAL_UNICAST.check(mapped, 'ipv6') && !SPECIAL.check(mapped, 'ipv6');
};

/** `::ffff:127.0.0.1` and `::ffff:7f00:1` are 127.0.0.1. */
const mappedIpv4 = (address: string): string => {
  if (!isIPv6(address)) return address;
  const normal = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(normal) ?? [];
  if (high === undefined || low === undefined) return normal;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
};

const subnets = (type: 'ipv4' | 'ipv6', ...ranges: readonly string[]) => {
  const list = new BlockList();
  addTo(list, type, ranges);
  return list;
};

const addTo = (list: BlockList, type: 'ipv4' | 'ipv6', ranges: readonly string[]): void => {
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), type);
  }
};

const GLOBAL_UNICAST = subnets('ipv6', '2000::/3');

const SPECIAL = subnets(
  'ipv4',
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
);
addTo(SPECIAL, 'ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']);
