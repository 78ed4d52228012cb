import { describe, expect, it } from 'vitest';
import { judgeBatch } from '../../local/queue-door/verdict.ts';

const IDS = ['a', 'b', 'c'];
const judged = (answer: unknown) => {
  const { failed, misread } = judgeBatch(answer, IDS);
  return [[...failed].join(''), misread !== undefined];
};

describe('a batch answer', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
    ['an undefined list', { batchItemFailures: undefined }],
  ])('of %s says that all is done', (_, answer) => {
    expect(judged(answer)).toEqual(['', false]);
  });

  it('that names messages fails these', () => {
    expect(judged({ batchItemFailures: [{ itemIdentifier: 'c' }, { itemIdentifier: 'a' }] })).toEqual([
      'ca',
      false,
    ]);
    expect(judged({ batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'b' }] })).toEqual([
      'b',
      false,
    ]);
    expect(judged({ batchItemFailures: [{ itemIdentifier: 'b' }], more: 1 })).toEqual(['b', false]);
  });

  it.each([
    ['another top-level key', { batchItemFailure: [{ itemIdentifier: 'a' }] }],
    ['an HTTP answer', { statusCode: 200 }],
    ['no list', { batchItemFailures: 'a' }],
    ['a list of texts', { batchItemFailures: ['a'] }],
    ['a null item', { batchItemFailures: [null] }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a number as identifier', { batchItemFailures: [{ itemIdentifier: 1 }] }],
    ['another key in the item', { batchItemFailures: [{ messageId: 'a' }] }],
    [
      'an unknown identifier beside a known one',
      { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'z' }] },
    ],
    ['a text', 'ok'],
    ['an empty text', ''],
    ['true', true],
    ['a list', []],
  ])('of %s fails all, and is told', (_, answer) => {
    expect(judged(answer)).toEqual(['abc', true]);
  });
});
