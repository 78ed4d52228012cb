import { describe, expect, it } from 'vitest';
import {
  callerOf,
  isInRanges,
  networkOf,
  parseAddress,
  parseRange,
} from '../../shared/domain/address-range.ts';
import { clientAddress, parseProxies } from '../../shared/domain/client-address.ts';

describe('an address range', () => {
  it.each([
    ['192.0.2.7', '192.0.2.0/24', true],
    ['192.0.3.7', '192.0.2.0/24', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.8', '192.0.2.7', false],
    ['203.0.113.1', '0.0.0.0/0', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['::ffff:192.0.2.7', '192.0.2.0/24', true],
    ['2001:db8::1', '0.0.0.0/0', false],
    ['not an address', '0.0.0.0/0', false],
  ])('%s within %s: %s', (address, range, within) => {
    const parsed = parseRange(range);
    expect(parsed && isInRanges(address, [parsed])).toBe(within);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4/33',
    '1.2.3.4/',
    '1.2.3.4/8/8',
    '::1/129',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::1',
    '12345::',
    '1.2.3.4, 5.6.7.8',
    '-1.2.3.4',
    '::1.2.3',
  ])('is not read from %j', (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  it.each([
    ['::', 0n],
    ['::1', 1n],
    ['1::', 1n << 112n],
    ['2001:db8:0:0:0:0:0:1', (0x20010db8n << 96n) | 1n],
  ])('reads %s', (text, bits) => {
    expect(parseAddress(text)).toEqual({ version: 6, bits });
  });

  it('names a network alike for all its addresses', () => {
    expect(networkOf('192.0.2.7')).toBe(networkOf('192.0.2.200'));
    expect(networkOf('192.0.2.7')).not.toBe(networkOf('192.0.3.7'));
    expect(networkOf('2001:db8::1')).toBe(networkOf('2001:db8::ffff:1'));
    expect(networkOf('2001:db8::1')).not.toBe(networkOf('2001:db8:0:1::1'));
    expect(callerOf('192.0.2.7')).toBe('192.0.2.7');
    expect(callerOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
  });
});

describe('who calls', () => {
  const through = (proxies: string, peer: string, headers: Record<string, string>) => {
    const trusted = parseProxies(proxies.split(',').filter(Boolean));
    return trusted && clientAddress(peer, headers, trusted);
  };

  it.each<[string, string, string, Record<string, string>, string]>([
    ['nobody is trusted', '', '203.0.113.5', { 'x-forwarded-for': '1.1.1.1' }, '203.0.113.5'],
    [
      'another peer than the trusted one',
      'loopback',
      '203.0.113.5',
      { 'x-forwarded-for': '1.1.1.1' },
      '203.0.113.5',
    ],
    ['the trusted proxy', 'loopback', '127.0.0.1', { 'x-forwarded-for': '203.0.113.5' }, '203.0.113.5'],
    [
      'the proxy, and an invented first hop',
      'loopback',
      '127.0.0.1',
      { 'x-forwarded-for': '1.1.1.1, 203.0.113.5' },
      '203.0.113.5',
    ],
    [
      'two proxies of ours',
      'loopback,10.0.0.0/8',
      '127.0.0.1',
      { 'x-forwarded-for': '1.1.1.1, 203.0.113.5, 10.1.2.3' },
      '203.0.113.5',
    ],
    ['the proxy that says nothing', 'loopback', '127.0.0.1', {}, '127.0.0.1'],
    ['the proxy that says nonsense', 'loopback', '127.0.0.1', { 'x-forwarded-for': '<script>' }, '127.0.0.1'],
    ['Cloudflare', 'cloudflare', '104.16.0.1', { 'cf-connecting-ip': '203.0.113.5' }, '203.0.113.5'],
    [
      'somebody who plays Cloudflare',
      'cloudflare',
      '203.0.113.9',
      { 'cf-connecting-ip': '1.1.1.1' },
      '203.0.113.9',
    ],
    [
      'Cloudflare that is not trusted',
      'loopback',
      '104.16.0.1',
      { 'cf-connecting-ip': '203.0.113.5' },
      '104.16.0.1',
    ],
    [
      'Cloudflare behind nginx',
      'loopback,cloudflare',
      '127.0.0.1',
      { 'x-forwarded-for': '1.1.1.1, 104.16.0.1', 'cf-connecting-ip': '203.0.113.5' },
      '203.0.113.5',
    ],
    [
      'a header that came twice',
      'cloudflare',
      '104.16.0.1',
      { 'cf-connecting-ip': '1.1.1.1,203.0.113.5' },
      '104.16.0.1',
    ],
    [
      'Cloudflare over IPv6',
      'cloudflare',
      '2606:4700::1',
      { 'cf-connecting-ip': '2001:db8::5' },
      '2001:db8::5',
    ],
  ])('is told rightly: %s', (_, proxies, peer, headers, expected) => {
    expect(through(proxies, peer, headers)).toBe(expected);
  });

  it('is not asked of proxies that nobody can read', () => {
    expect(parseProxies(['nginx'])).toBeUndefined();
  });
});
