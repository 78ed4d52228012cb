import { bothLanguages, TankError } from '../../../domain/errors.ts';

export type Encoding = 'utf-8' | 'cp949';

export interface CsvFormat {
  readonly encoding: Encoding;
  readonly delimiter: string;
}

/** What Korean programs call the same code page. */
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  cp949: 'cp949',
  ms949: 'cp949',
  'euc-kr': 'cp949',
  euckr: 'cp949',
};

export const formatOf = (encoding = 'utf-8', delimiter = ','): CsvFormat => {
  const known = Object.hasOwn(ENCODINGS, encoding.toLowerCase())
    ? ENCODINGS[encoding.toLowerCase()]
    : undefined;
  if (!known)
    throw new TankError(
      'invalid_definition',
      bothLanguages({
        en: 'the encoding of a CSV source is utf-8 or cp949',
        ko: 'CSV 데이터 소스의 encoding은 utf-8 또는 cp949입니다',
      }),
    );
  const sign = ['tab', '\\t'].includes(delimiter.toLowerCase()) ? '\t' : delimiter;
  // A sign of these is no part of a Korean letter in either encoding, so lines can be cut before they are decoded.
  if (!/^[,;|\t:!]$/.test(sign))
    throw new TankError(
      'invalid_definition',
      bothLanguages({
        en: 'the delimiter of a CSV source is one of , ; | : ! or tab',
        ko: 'CSV 데이터 소스의 delimiter는 , ; | : ! 또는 tab 중 하나입니다',
      }),
    );
  return { encoding: known, delimiter: sign };
};
