import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDatePattern } from '../../../shared/domain/schedule/date-pattern.ts';
import { formatValue } from '../../../shared/domain/template/format.ts';

const ZONE = 'Asia/Seoul';

describe('numbers against a count of digits from the right', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 25 });
  const numbers = fc.record({
    sign: fc.constantFrom('', '-', '+'),
    whole: digits,
    fraction: fc.option(digits),
    around: fc.constantFrom('', ' '),
  });

  /** Slow and obvious: from the last digit to the first, a comma before every fourth. */
  const withCommas = (whole: string): string => {
    let [text, count] = ['', 0];
    for (const digit of whole.split('').reverse()) {
      if (count > 0 && count % 3 === 0) text = `,${text}`;
      text = digit + text;
      count += 1;
    }
    return text;
  };
  const withoutZeros = (whole: string): string =>
    whole.length > 1 && whole.startsWith('0') ? withoutZeros(whole.slice(1)) : whole;

  test('every digit is shown, in groups of three (10,000 cases)', () => {
    fc.assert(
      fc.property(numbers, ({ sign, whole, fraction, around }) => {
        const text = `${around}${sign}${whole}${fraction === null ? '' : `.${fraction}`}${around}`;
        const number = withCommas(withoutZeros(whole)) + (fraction === null ? '' : `.${fraction}`);
        const isNothing = number.replaceAll(/[0.,]/g, '') === '';
        expect(formatValue(text, { kind: 'number' }, ZONE)).toBe(
          sign === '-' && !isNothing ? `-${number}` : number,
        );
      }),
      { numRuns: 10_000 },
    );
  });

  test('what JavaScript would group is grouped the same way (10,000 cases)', () => {
    const wholes = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }));
    fc.assert(
      fc.property(wholes, (whole) => {
        expect(formatValue(whole, { kind: 'number' }, ZONE)).toBe(
          new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 }).format(
            Object.is(whole, -0) ? 0 : whole,
          ),
        );
      }),
      { numRuns: 10_000 },
    );
  });

  test('what is no number is never shown as one (10,000 cases)', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'0123.,-+eE 가'), minLength: 1, maxLength: 10 });
    let shown = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const formatted = formatValue(text, { kind: 'number' }, ZONE);
        if (formatted === undefined) return;
        shown += 1;
        const written = Number(text.trim().replaceAll(',', ''));
        expect(Number(formatted.replaceAll(',', ''))).toBe(written === 0 ? 0 : written);
      }),
      { numRuns: 10_000 },
    );
    expect(shown).toBeGreaterThan(500);
  });
});

describe('dates against what Intl says of the moment', () => {
  const moments = fc.date({
    min: new Date('1970-01-02T00:00:00Z'),
    max: new Date('2100-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  const zones = fc.constantFrom('Asia/Seoul', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
  const pieces = fc.array(
    fc.constantFrom('yyyy', 'MM', 'dd', 'HH', 'E', 'a', 'yy', 'M', 'd', "'년'", "''", '-', '. ', '월 '),
    { minLength: 1, maxLength: 8 },
  );

  /** Slow and obvious: each piece asks Intl for itself. */
  const shownBy = (piece: string, moment: Date, timeZone: string): string => {
    const ask = (language: string, options: Intl.DateTimeFormatOptions, type: string): string =>
      new Intl.DateTimeFormat(language, { timeZone, ...options })
        .formatToParts(moment)
        .find((part) => part.type === type)?.value ?? '';
    switch (piece) {
      case 'yyyy':
        return ask('en-US', { year: 'numeric' }, 'year');
      case 'yy':
        return ask('en-US', { year: '2-digit' }, 'year');
      case 'MM':
        return ask('en-US', { month: '2-digit', day: '2-digit' }, 'month');
      case 'M':
        return ask('en-US', { month: 'numeric' }, 'month');
      case 'dd':
        return ask('en-US', { month: '2-digit', day: '2-digit' }, 'day');
      case 'd':
        return ask('en-US', { day: 'numeric' }, 'day');
      case 'HH':
        return ask('en-US', { hour: '2-digit', hourCycle: 'h23' }, 'hour');
      case 'E':
        return ask('ko-KR', { weekday: 'short' }, 'weekday');
      case 'a':
        return Number(ask('en-US', { hour: '2-digit', hourCycle: 'h23' }, 'hour')) < 12 ? '오전' : '오후';
      default:
        return piece === "''" ? "'" : piece.replaceAll("'", '');
    }
  };

  test('a pattern shows the wall clock of the zone (10,000 cases)', () => {
    let shown = 0;
    fc.assert(
      fc.property(moments, zones, pieces, (moment, zone, parts) => {
        // Two like letters in a row, and two quoted texts in a row, are one part of a pattern.
        const separate = parts.flatMap((part, index) => (index === 0 ? [part] : ['/', part]));
        const text = separate.join('');
        const parsed = parseDatePattern(text);
        if (!parsed.ok) return;
        shown += 1;
        const format = { kind: 'date', pattern: parsed.pattern, text } as const;
        expect(formatValue(moment, format, zone)).toBe(
          separate.map((piece) => shownBy(piece, moment, zone)).join(''),
        );
      }),
      { numRuns: 10_000 },
    );
    expect(shown).toBeGreaterThan(5_000);
  }, 120_000);
});
