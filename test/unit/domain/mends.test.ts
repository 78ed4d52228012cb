import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../shared/domain/errors.ts';
import { describeCode, describeMend, MENDS } from '../../../shared/domain/mends.ts';

/** What a run, a send or a definition can be told; faults of a request say themselves what is wrong with it. */
const TOLD = [
  'recipient',
  'content',
  'attachment',
  'source',
  'transport',
  'quota',
  'config',
  'store',
  'internal',
];
const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => TOLD.includes(ERRORS[code].class));

describe('what to do about a fault', () => {
  it.each(codes)('%s is told in both languages', (code) => {
    expect(MENDS[code]?.en).toMatch(/^[A-Z].*\.$/);
    expect(MENDS[code]?.ko).toMatch(/[가-힣].*[.)]$/);
  });

  it.each(Object.keys(MENDS) as ErrorCode[])('%s uses no fact that the fault has not', (code) => {
    const facts = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const known = [...facts(ERRORS[code].en), ...facts(ERRORS[code].ko)];
    const used = [MENDS[code]?.en ?? '', MENDS[code]?.ko ?? ''].flatMap(facts);
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('is filled with the facts, and without them with an ellipsis', () => {
    expect(describeMend('mapping_row_missing', { mapping: 'CUSTOMER' }, 'en')).toContain('mapping CUSTOMER');
    expect(describeCode('mapping_row_missing', 'en').mend).toContain('mapping …');
    expect(describeMend('unknown_route', {}, 'en')).toBeUndefined();
  });
});
