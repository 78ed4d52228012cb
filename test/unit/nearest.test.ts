import { describe, expect, test } from 'vitest';
import { nearest } from '../../shared/domain/nearest.ts';

describe('the nearest known name', () => {
  const known = ['CUST_ID', 'NAME', 'BALANCE', 'PRODUCT_NAME', '고객명'];

  test.each([
    ['name', 'NAME'],
    ['custId', 'CUST_ID'],
    ['BALNACE', 'BALANCE'],
    ['BALANC', 'BALANCE'],
    ['PRODUCT_NAMES', 'PRODUCT_NAME'],
    ['고객몀', '고객명'],
  ])('%s means %s', (written, meant) => expect(nearest(written, known)).toBe(meant));

  test.each(['X', 'TOTALLY_OTHER', '', 'A'.repeat(5000)])('%s means nothing that is known', (written) =>
    expect(nearest(written, known)).toBeUndefined(),
  );

  test('another case wins over another letter', () => expect(nearest('Name', ['GAME', 'NAME'])).toBe('NAME'));
});
