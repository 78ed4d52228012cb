import { describe, expect, test } from 'vitest';
import { customer, textOf, VALUES } from './known.ts';

const lines = (...text: string[]): string => `${text.join('\n')}\n`;

describe('the plain text', () => {
  test('has paragraphs, lines and decoded entities', () =>
    expect(
      textOf(
        '<h1>안내</h1>\n<p>첫째&nbsp;줄 &amp; <b>둘째</b><br>셋째 &#8361;&#x20A9; &copy; &unknown;</p><p></p><div>끝</div>',
      ),
    ).toBe(lines('안내', '', '첫째 줄 & 둘째', '셋째 ₩₩ © &unknown;', '', '끝')));

  test('shows values as they are', () =>
    expect(textOf('<p>$(NAME)님</p>', customer({ NAME: '<b>&"' }))).toBe(lines('<b>&"님')));

  test('leaves no hole where a value is empty', () =>
    expect(textOf('<p>a</p><p>$(NAME)</p><p>b $(NAME) c</p>', customer({ NAME: null }))).toBe(
      lines('a', '', 'b c'),
    ));

  test('keeps links behind their words', () =>
    expect(textOf('<p><a href="https://bank.example.com/s?id=$(CUST_ID)&amp;x=1">보기</a>!</p>')).toBe(
      lines('보기 (https://bank.example.com/s?id=0000000001&x=1)!'),
    ));

  test.each([
    ['<a href="https://bank.example.com/">bank.example.com</a>', 'bank.example.com'],
    ['<a href="mailto:help@example.com">help@example.com</a>', 'help@example.com'],
    ['<a href="#top">위로</a>', '위로'],
    [
      '<a href="https://bank.example.com/x"><img src="x.png" alt="로고"></a>',
      '로고 (https://bank.example.com/x)',
    ],
    ['<a href="https://bank.example.com/x"><img src="x.png"></a>', 'https://bank.example.com/x'],
    ['<a name="x">이름</a>', '이름'],
    ['<a href="$(CUSTOMER.LINK)">보기</a>', '보기 (https://bank.example.com/s/1?a=b&c=d)'],
  ])('%s is %s', (html, text) => expect(textOf(html)).toBe(lines(text)));

  test('a link without an address is words only', () =>
    expect(textOf('<a href="$(CUSTOMER.LINK)">보기</a>', customer({ LINK: null }))).toBe(lines('보기')));

  test('shows lists with dashes', () =>
    expect(textOf('상품<ul><!--LIST:PRODUCT_LIST--><li>$(PRODUCT_NAME)</li><!--ENDLIST--></ul>끝')).toBe(
      lines('상품', '', '- 정기예금', '- 적금 & 펀드', '', '끝'),
    ));

  test("shows a table's rows line by line", () =>
    expect(
      textOf(
        '<table><tr><th>상품</th><th>금액</th></tr><!--LIST:PRODUCT_LIST--><tr><td>$(PRODUCT_NAME)</td><td><p>$(PRICE|number)</p></td></tr><!--ENDLIST--></table>끝',
      ),
    ).toBe(lines('상품 | 금액', '정기예금 | 1,000,000', '적금 & 펀드 | 2,500', '', '끝')));

  test('an empty cell keeps its column', () =>
    expect(
      textOf(
        '<table><tr><td>$(NAME)</td><td>$(CUST_ID)</td><td>$(NAME)</td><td>z</td></tr></table>',
        customer({ NAME: '' }),
      ),
    ).toBe(lines(' | 0000000001 |  | z')));

  test('cells repeated by a list are separated', () =>
    expect(textOf('<table><tr><!--LIST:PRODUCT_LIST--><td>$(PRICE)</td><!--ENDLIST--></tr></table>')).toBe(
      lines('1000000 | 2500'),
    ));

  test('the spacer cells and nested tables of a layout leave no trace', () =>
    expect(
      textOf(
        '<table><tr><td width="20"></td><td>&nbsp;</td><td><table><tr><td><h1>제목</h1><p>본문</p></td></tr></table></td><td width="20"></td></tr><tr><td></td><td colspan="2">둘째</td></tr></table>',
      ),
    ).toBe(lines('제목', '', '본문', '둘째')));

  test('columns that are tables of their own stand one below the other', () =>
    expect(
      textOf(
        '<table><tr><td><table><tr><td>a</td></tr><tr><td>b</td></tr></table></td><td><table><tr><td>c</td></tr></table></td></tr></table>',
      ),
    ).toBe(lines('a', 'b', 'c')));

  test('a cell of several lines stands on its own', () =>
    expect(textOf('<table><tr><td>왼쪽<br>아래</td><td>오른쪽</td></tr></table>')).toBe(
      lines('왼쪽', '아래', '오른쪽'),
    ));

  test('leaves out styles, scripts, titles, comments and sections of one mail program', () =>
    expect(
      textOf(
        '<head><title>제목</title><style>p{}</style></head><script>x</script><!-- c --><!--[if mso]><p>mso</p><![endif]--><p>본문</p>',
      ),
    ).toBe(lines('본문')));

  test('turns a TEXT into plain text, in which nothing is filled', () =>
    expect(
      textOf('<p>a</p>$(NOTICE)<p>b</p>', {
        texts: {
          NOTICE:
            '<p>안내 $(NAME) &amp; <a href="https://x.example.com">여기</a></p><!--LIST:NOTES--><ul><li>1<li>2</ul>',
        },
      }),
    ).toBe(lines('a', '', '안내 $(NAME) & 여기 (https://x.example.com)', '', '- 1', '- 2', '', 'b')));

  test('is empty when nothing is shown', () => expect(textOf('<img src="x.png">', VALUES)).toBe(''));
});
