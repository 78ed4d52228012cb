import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../shared/adapters/web/public-address.ts';

describe('an address is public', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.0',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '[2606:4700::1111]',
  ])('%s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('an address is not public', () => {
  it.each([
    ['of this machine', '127.0.0.1'],
    ['of this machine, elsewhere', '127.255.255.254'],
    ['of nobody', '0.0.0.0'],
    ['of this network', '0.1.2.3'],
    ['private', '10.1.2.3'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['of a carrier', '100.64.0.1'],
    ['of the link', '169.254.1.1'],
    ['of the metadata service', '169.254.169.254'],
    ['of the metadata service of ECS', '169.254.170.2'],
    ['of documents', '192.0.2.1'],
    ['of benchmarks', '198.18.0.1'],
    ['of many', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['of everybody', '255.255.255.255'],
    ['of this machine in IPv6', '::1'],
    ['of nobody in IPv6', '::'],
    ['mapped into IPv6', '::ffff:127.0.0.1'],
    ['mapped into IPv6, in hexadecimal', '::ffff:7f00:1'],
    ['mapped into IPv6, written out', '0:0:0:0:0:ffff:a9fe:a9fe'],
    ['compatible with IPv4', '::7f00:1'],
    ['of NAT64', '64:ff9b::7f00:1'],
    ['of local NAT64', '64:ff9b:1::7f00:1'],
    ['of 6to4', '2002:7f00:1::'],
    ['of Teredo', '2001:0:7f00:1::'],
    ['of documents in IPv6', '2001:db8::1'],
    ['of the link in IPv6', 'fe80::1'],
    ['of the link with a zone', 'fe80::1%eth0'],
    ['unique and local', 'fd00::1'],
    ['of the metadata service in IPv6', 'fd00:ec2::254'],
    ['of many in IPv6', 'ff02::1'],
    ['that is none', 'example.com'],
    ['that is empty', ''],
  ])('%s: %s', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
