import { describe, expect, test } from 'vitest';
import { TankError } from '../../../shared/domain/errors.ts';
import { customer, htmlOf, render, subjectOf, textOf, VALUES } from './known.ts';

const faultOf = (run: () => unknown): { code: string; facts: unknown } => {
  try {
    run();
  } catch (error) {
    if (error instanceof TankError) return { code: error.code, facts: error.facts };
    throw error;
  }
  return { code: 'none', facts: {} };
};

describe('values in HTML', () => {
  test('are escaped between tags', () =>
    expect(htmlOf('<p>$(NAME)</p>', customer({ NAME: `<b> & "x" 'y'` }))).toBe(
      '<p>&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;</p>',
    ));

  test('are escaped in a quoted attribute', () =>
    expect(htmlOf(`<p title="$(NAME)" lang='$(NAME)'>x</p>`, customer({ NAME: `"'><script>` }))).toBe(
      `<p title="&quot;&#39;&gt;&lt;script&gt;" lang='&quot;&#39;&gt;&lt;script&gt;'>x</p>`,
    ));

  test('never become template', () => {
    const values = customer({ NAME: '$(CUST_ID)<!--LIST:PRODUCT_LIST-->$(PRICE)<!--ENDLIST-->' });
    expect(htmlOf('<p>$(NAME)</p>', values)).toBe(
      '<p>$(CUST_ID)&lt;!--LIST:PRODUCT_LIST--&gt;$(PRICE)&lt;!--ENDLIST--&gt;</p>',
    );
    expect(textOf('<p>$(NAME)</p>', values)).toBe(
      '$(CUST_ID)<!--LIST:PRODUCT_LIST-->$(PRICE)<!--ENDLIST-->\n',
    );
  });

  test('are percent-encoded behind the host of a link', () =>
    expect(
      htmlOf('<a href="https://bank.example.com/s?id=$(NAME)">x</a>', customer({ NAME: `홍/&"'@ ?` })),
    ).toBe('<a href="https://bank.example.com/s?id=%ED%99%8D%2F%26%22&#39;@%20%3F">x</a>'));

  test('may be a whole link', () =>
    expect(htmlOf('<a href="$(CUSTOMER.LINK)">x</a>')).toBe(
      '<a href="https://bank.example.com/s/1?a=b&amp;c=d">x</a>',
    ));

  test.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    'https://a b',
    '//x.example.com',
    'java\nscript:x',
  ])('a link that is %j drops the mail', (LINK) =>
    expect(faultOf(() => render('<a href="$(CUSTOMER.LINK)">x</a>', customer({ LINK })))).toEqual({
      code: 'value_unformattable',
      facts: { variable: 'CUSTOMER.LINK', format: 'url' },
    }),
  );

  test('may be a measure in a style', () => {
    expect(htmlOf('<td style="width:$(WIDTH)">x</td>')).toBe('<td style="width:40%">x</td>');
    expect(
      faultOf(() => render('<td style="width:$(WIDTH)">x</td>', customer({ WIDTH: '1;background:url(x)' })))
        .code,
    ).toBe('value_unformattable');
  });

  test('lose control characters, and half a character becomes U+FFFD', () =>
    expect(htmlOf('<p>$(NAME)</p>', customer({ NAME: 'a\u0000b\u001bc\td\ud800e😀' }))).toBe(
      '<p>abc\td\ufffde😀</p>',
    ));

  test('are raw when they are TEXT', () =>
    expect(htmlOf('<div>$(NOTICE)</div>')).toBe('<div><p>안내 <b>말씀</b></p></div>'));
});

describe('formats', () => {
  test.each([
    ['12345678901234567890.10', '12,345,678,901,234,567,890.10'],
    ['1234567', '1,234,567'],
    ['123', '123'],
    ['-1234.50', '-1,234.50'],
    ['0.5', '0.5'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    ['007', '7'],
    ['0', '0'],
    ['-0', '0'],
    ['+1000', '1,000'],
    [' 1000 ', '1,000'],
    ['1,234,567.8', '1,234,567.8'],
    ['1.5E+10', '15,000,000,000'],
    ['15e-3', '0.015'],
    [1234567.25, '1,234,567.25'],
    [1e21, '1,000,000,000,000,000,000,000'],
    [1e-7, '0.0000001'],
    [-5, '-5'],
    [12345678901234567890n, '12,345,678,901,234,567,890'],
    [null, ''],
    ['', ''],
  ])('%s as a number is %j', (BALANCE, shown) =>
    expect(htmlOf('$(BALANCE|number)', customer({ BALANCE }))).toBe(shown),
  );

  test.each([
    'abc',
    '1,23',
    '1.2.3',
    '--1',
    '1e',
    '.',
    '-',
    '1 000',
    '0x10',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    new Uint8Array(2),
  ])('%s is no number', (BALANCE) =>
    expect(faultOf(() => render('$(BALANCE|number)', customer({ BALANCE })))).toEqual({
      code: 'value_unformattable',
      facts: { variable: 'BALANCE', format: 'number' },
    }),
  );

  test.each([
    ['2026-03-05', '2026-03-05 00:00'],
    ['2026/03/05', '2026-03-05 00:00'],
    ['2026.03.05', '2026-03-05 00:00'],
    ['20260305', '2026-03-05 00:00'],
    [20260305, '2026-03-05 00:00'],
    ['20260305143000', '2026-03-05 14:30'],
    ['2026-03-05 14:30:00', '2026-03-05 14:30'],
    ['2026-03-05T14:30:00.123456', '2026-03-05 14:30'],
    ['2026-03-05T14:30:00Z', '2026-03-05 23:30'],
    ['2026-03-05T14:30:00+09:00', '2026-03-05 14:30'],
    ['2026-03-05T14:30:00-0500', '2026-03-06 04:30'],
    ['05-MAR-26', '2026-03-05 00:00'],
    ['05-MAR-98', '1998-03-05 00:00'],
    ['05-Mar-2026', '2026-03-05 00:00'],
    ['05-MAR-26 02.30.00.000000000 PM', '2026-03-05 14:30'],
    ['05-MAR-26 12.30.00.000000 AM', '2026-03-05 00:30'],
    ['26/03/05', '2026-03-05 00:00'],
    ['2028-02-29', '2028-02-29 00:00'],
    [new Date('2026-03-05T20:00:00Z'), '2026-03-06 05:00'],
    [new Date('1907-03-05T00:00:00Z'), '1907-03-05 08:27'],
    [null, ''],
    ['', ''],
  ])('%s as a date is %j', (OPENED, shown) =>
    expect(htmlOf('$(OPENED|date:yyyy-MM-dd HH:mm)', customer({ OPENED }))).toBe(shown),
  );

  test.each([
    '2026-02-29',
    '2026-13-01',
    '2026-03/05',
    '2026-03-05 24:00:00',
    '05-ABC-26',
    'tomorrow',
    '202603',
    1.5,
    new Date(Number.NaN),
    true,
  ])('%s is no date', (OPENED) =>
    expect(faultOf(() => render('$(OPENED|date:yyyy-MM-dd)', customer({ OPENED })))).toEqual({
      code: 'value_unformattable',
      facts: { variable: 'OPENED', format: 'date:yyyy-MM-dd' },
    }),
  );

  test('mask hides the middle', () =>
    expect(htmlOf('$(NAME|mask) $(EMAIL_ADDR|mask)')).toBe('홍*동 h***@example.com'));

  test.each([
    ['text', 'text'],
    [1.5, '1.5'],
    [1e21, '1000000000000000000000'],
    [10n, '10'],
    [true, 'true'],
    [new Date('2026-03-04T15:00:00Z'), '2026-03-05'],
    [new Date('2026-03-05T05:30:09Z'), '2026-03-05 14:30:09'],
    [null, ''],
  ])('%s without a format is %j', (NAME, shown) => expect(htmlOf('$(NAME)', customer({ NAME }))).toBe(shown));

  test('bytes cannot be shown', () =>
    expect(faultOf(() => render('$(NAME)', customer({ NAME: new Uint8Array(3) }))).code).toBe(
      'value_unformattable',
    ));
});

describe('what is not there', () => {
  test.each([
    ['NAME', { simple: { ...VALUES.simple, CUSTOMER: {} } }],
    ['CUSTOMER', { simple: {} }],
  ])('%s is named', (variable, values) =>
    expect(faultOf(() => render('<p>$(NAME)</p>', values))).toEqual({
      code: 'value_missing',
      facts: { variable },
    }),
  );

  test('a list or a text that was not queried is named', () => {
    expect(faultOf(() => render('<!--LIST:NOTES-->$(NOTE)<!--ENDLIST-->', { lists: {} })).facts).toEqual({
      variable: 'NOTES',
    });
    expect(faultOf(() => render('$(NOTICE)', { texts: {} })).facts).toEqual({ variable: 'NOTICE' });
  });

  test('a fault carries no value', () => {
    const fault = faultOf(() => render('$(BALANCE|number)', customer({ BALANCE: '홍길동의 비밀' })));
    expect(JSON.stringify(fault)).not.toContain('비밀');
  });
});

describe('lists', () => {
  const LIST =
    '<ul><!--LIST:PRODUCT_LIST--><li>$(PRODUCT_NAME) $(PRICE|number) $(NAME)</li><!-- ENDLIST --></ul>';

  test('repeat for every row, with the values of the mail within reach', () =>
    expect(htmlOf(LIST)).toBe(
      '<ul><li>정기예금 1,000,000 홍길동</li><li>적금 &amp; 펀드 2,500 홍길동</li></ul>',
    ));

  test('vanish without rows', () => expect(htmlOf(LIST, { lists: { PRODUCT_LIST: [] } })).toBe('<ul></ul>'));

  test("the row's column comes before the mail's of the same name", () =>
    expect(htmlOf('<!--LIST:PRODUCT_LIST--><i>$(LINK)</i><!--ENDLIST-->')).toBe(
      '<i>https://bank.example.com/p/1</i><i>https://bank.example.com/p/2</i>',
    ));

  test('may occur twice', () =>
    expect(
      htmlOf('<!--LIST:PRODUCT_LIST-->a<!--ENDLIST--><!--list: PRODUCT_LIST-->$(PRICE)<!--endlist-->'),
    ).toBe('aa10000002500'));
});

describe('the subject', () => {
  test('is plain text in one line', () =>
    expect(
      subjectOf(
        '  $(NAME) 고객님\r\n  $(BRANCH_NAME) <안내> ',
        customer({ NAME: '홍\r\nBcc: x@example.com\u0000&\u2028' }),
      ),
    ).toBe('홍 Bcc: x@example.com & 고객님 강남 <안내>'));

  test('takes formats', () =>
    expect(subjectOf('$(OPENED|date:M월) $(BALANCE|number)')).toBe('3월 12,345,678,901,234,567,890.10'));
});

describe('comments and conditions', () => {
  test('ordinary comments stay behind, with what they hold', () =>
    expect(htmlOf('<p>a<!-- for internal use: $(UNKNOWN) -->b</p>')).toBe('<p>ab</p>'));

  test("a mail program's own section is kept and filled", () =>
    expect(htmlOf('<!--[if mso]><table><tr><td>$(NAME)<![endif]--><p>x</p>', customer({ NAME: '-->' }))).toBe(
      '<!--[if mso]><table><tr><td>--&gt;<![endif]--><p>x</p>',
    ));

  test('a section for all the others is ordinary HTML', () => {
    const html = '<!--[if !mso]><!--><p>$(NAME)</p><!--<![endif]-->';
    expect(htmlOf(html)).toBe(html.replace('$(NAME)', '홍길동'));
    expect(textOf(html)).toBe('홍길동\n');
  });
});

test('two mails share no memory', () => {
  const first = render('<p>$(NAME)</p>');
  const html = Buffer.from(first.html).toString();
  const second = render('<p>$(NAME)</p>', customer({ NAME: '임꺽정' }));
  expect(Buffer.from(first.html).toString()).toBe(html);
  expect(first.html.buffer).not.toBe(second.html.buffer);
  expect(Buffer.from(first.html.buffer).toString()).not.toContain('임꺽정');
});

test('a mail larger than the buffer is whole', () => {
  const NAME = '가"'.repeat(300_000);
  expect(htmlOf('<p>$(NAME)</p>', customer({ NAME }))).toBe(`<p>${'가&quot;'.repeat(300_000)}</p>`);
  expect(htmlOf('$(NOTICE)', { texts: { NOTICE: NAME } })).toBe(NAME);
});
