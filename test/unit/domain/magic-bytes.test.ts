import { describe, expect, it } from 'vitest';
import { ALLOWED_EXTENSIONS, faultOfContent } from '../../../shared/domain/magic-bytes.ts';

const HEADS: Readonly<Record<string, Uint8Array>> = {
  pdf: Buffer.from('%PDF-1.7\n'),
  xls: Buffer.from('d0cf11e0a1b11ae10000', 'hex'),
  xlsx: Buffer.from('504b03041400', 'hex'),
  zip: Buffer.from('504b03041400', 'hex'),
  csv: Buffer.from('이름,잔액\n홍길동,1\n'),
};

describe('the first bytes of a file', () => {
  it.each(ALLOWED_EXTENSIONS)('are accepted for %s when they are its own', (extension) => {
    expect(faultOfContent(extension, HEADS[extension] ?? new Uint8Array())).toBeUndefined();
  });

  it.each([
    ['pdf', '<html>'],
    ['pdf', ' %PDF-1.7'],
    ['xlsx', '%PDF-1.7'],
    ['csv', '%PDF-1.7'],
    ['csv', 'a,b\0c'],
    ['zip', 'PK\x05\x06'],
    ['pdf', ''],
    ['exe', 'MZ'],
    ['constructor', 'x'],
  ])('are refused for %s when they read %j', (extension, text) => {
    expect(faultOfContent(extension, Buffer.from(text))).toEqual({
      en: expect.stringMatching(/file/),
      ko: expect.stringMatching(/파일/),
    });
  });
});
