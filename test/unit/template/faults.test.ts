import { describe, expect, test } from 'vitest';
import { compileTemplate } from '../../../shared/domain/template/compile.ts';
import { describeTemplateFault, TEMPLATE_FAULTS } from '../../../shared/domain/template/faults.ts';
import { compile, faultsOf, KNOWN, warningsOf } from './known.ts';

const told = (html: string, language: 'en' | 'ko' = 'en'): string[] =>
  compile(html).faults.map((fault) => describeTemplateFault(fault, language));

describe('a template is refused', () => {
  test.each([
    ['$(NAMES)', 'html 1:1 $(NAMES) is not mapped; did you mean $(NAME)?'],
    ['$(name)', 'html 1:1 $(name) is not mapped; did you mean $(NAME)?'],
    [
      '$(CUSTOMER.BALANCES)',
      'html 1:1 $(CUSTOMER.BALANCES) is not mapped; did you mean $(CUSTOMER.BALANCE)?',
    ],
    ['$(ENTIRELY_ELSE)', 'html 1:1 $(ENTIRELY_ELSE) is not mapped.'],
    ['$(constructor)', 'html 1:1 $(constructor) is not mapped.'],
    ['$(CUSTOMER.constructor)', 'html 1:1 $(CUSTOMER.constructor) is not mapped.'],
    ['$(PRICE)', 'html 1:1 $(PRICE) is a column of the list PRODUCT_LIST and stands outside of it.'],
    [
      '$(PRODUCT_LIST.PRICE)',
      'html 1:1 $(PRODUCT_LIST.PRICE) is a column of the list PRODUCT_LIST and stands outside of it.',
    ],
    ['$()', 'html 1:1 $() is not a variable name.'],
    ['$(1,000)', 'html 1:1 $(1,000) is not a variable name.'],
    ['$(NAME|upper)', 'html 1:1 $(NAME) has the unknown format upper; known are number, date:… and mask.'],
    [
      '$(NAME|number:2)',
      'html 1:1 $(NAME) has the unknown format number:2; known are number, date:… and mask.',
    ],
    [
      '$(OPENED|date:YYYY-MM-DD)',
      'html 1:1 $(OPENED) has a date pattern with the unknown part "YYYY"; use yyyy MM dd HH mm ss.',
    ],
    [
      '$(OPENED|date:yyyy-mm-dd)',
      'html 1:1 $(OPENED) has a date pattern with the unknown part "mm"; use yyyy MM dd HH mm ss.',
    ],
    ['$(NOTICE|mask)', 'html 1:1 The text $(NOTICE) takes no format.'],
  ])('%s: %s', (html, sentence) => expect(told(html)).toEqual([sentence]));

  test('every fault has its line and column', () =>
    expect(faultsOf('<p>\n  $(NAMES)\n</p>\r\n<b>고객 $(NAMES)</b>')).toEqual([
      'unknown_variable_near 2:3',
      'unknown_variable_near 4:7',
    ]));

  test('in the subject as well', () =>
    expect(faultsOf('<p>x</p>', '$(NAME) <!--LIST:NOTES-->$(X)$(NOTICE)')).toEqual([
      'list_in_subject 1:9',
      'unknown_variable 1:26',
      'text_outside_body 1:30',
    ]));

  test.each([
    ['<!--LIST:PRODUCTLIST-->x<!--ENDLIST-->', 'unknown_list_near 1:1'],
    ['<!--LIST:CUSTOMER-->x<!--ENDLIST-->', 'unknown_list 1:1'],
    ['<!--LIST:NOTES--><!--LIST:PRODUCT_LIST-->x<!--ENDLIST-->', 'list_in_list 1:18'],
    ['<!--LIST:NOTES-->x', 'list_not_ended 1:1'],
    ['x<!--ENDLIST-->', 'end_without_list 1:2'],
    ['<!--LIST:PRODUCT LIST-->', 'malformed_list_marker 1:1'],
    ['<!--END LIST-->', 'malformed_list_marker 1:1'],
    ['<!--/LIST-->', 'malformed_list_marker 1:1'],
    ['<!--LIST:NOTES-->$(NOTICE)<!--ENDLIST-->', 'text_in_list 1:18'],
    ['<p title="$(NOTICE)">x</p>', 'text_outside_body 1:11'],
    ['<title>$(NOTICE)</title>', 'text_outside_body 1:8'],
  ])('%s: %s', (html, fault) => expect(faultsOf(html)).toEqual([fault]));

  test.each([
    ['<script>var x = "$(NAME)"</script>', 'variable_in_script 1:18'],
    ['<STYLE>p{color:$(NAME)}</STYLE>', 'variable_in_script 1:16'],
    ['<p title=$(NAME)>x</p>', 'variable_in_tag 1:10'],
    ['<p $(NAME)="x">x</p>', 'variable_in_tag 1:4'],
    ['<$(NAME)>x', 'none'],
    ['<p$(NAME)>x</p>', 'variable_in_tag 1:3'],
    ['<p>x</p $(NAME)>', 'variable_in_tag 1:9'],
    ['<!DOCTYPE $(NAME)>', 'variable_in_tag 1:11'],
    ['<p title="$(NAME)', 'variable_in_tag 1:11'],
    ['<p onclick="$(NAME)">x</p>', 'variable_in_attribute 1:13'],
    ['<img srcset="$(CUSTOMER.LINK) 2x">', 'variable_in_attribute 1:14'],
    ['<meta http-equiv="refresh" content="0;url=$(CUSTOMER.LINK)">', 'variable_in_attribute 1:43'],
    ['<a href="java$(NAME)">x</a>', 'variable_in_scheme 1:14'],
    ['<a href="javascript:$(NAME)">x</a>', 'variable_in_scheme 1:21'],
    ['<a href="data:text/html,$(NAME)">x</a>', 'variable_in_scheme 1:25'],
    ['<a href="https:$(NAME)">x</a>', 'variable_in_scheme 1:16'],
    ['<a href="https://$(NAME).example.com/">x</a>', 'variable_in_host 1:18'],
    ['<a href="https://x@$(NAME)/">x</a>', 'variable_in_host 1:20'],
    ['<a href="//$(NAME)/">x</a>', 'variable_in_host 1:12'],
    ['<a href="/\\$(NAME)/">x</a>', 'variable_in_host 1:12'],
    ['<a href="jav&#97;script:$(NAME)">x</a>', 'variable_in_scheme 1:25'],
  ])('no value is put where it is not safe: %s', (html, fault) =>
    expect(faultsOf(html)).toEqual(fault === 'none' ? [] : [fault]),
  );

  test.each([
    'https://bank.example.com/$(NAME)',
    'mailto:$(NAME)',
    'tel:$(NAME)',
    '/s/$(NAME)',
    '?id=$(NAME)',
    '#$(NAME)',
    '$(CUSTOMER.LINK)',
    '$(CUSTOMER.LINK)/$(NAME)',
    's/$(NAME)',
  ])('a link may be %s', (href) => expect(faultsOf(`<a href="${href}">x</a>`)).toEqual([]));

  test('a name that two mappings have is refused, and both are named', () => {
    const known = { ...KNOWN, target: ['CUST_ID'], simple: { CUSTOMER: ['CUST_ID'], BRANCH: ['CUST_ID'] } };
    const { faults } = compile('$(CUST_ID)', 'x', known);
    expect(faults.map((fault) => describeTemplateFault(fault, 'en'))).toEqual([
      'html 1:1 $(CUST_ID) is in TARGET, CUSTOMER, BRANCH; write $(TARGET.CUST_ID) / $(CUSTOMER.CUST_ID) / $(BRANCH.CUST_ID).',
    ]);
    expect(compile('$(TARGET.CUST_ID)$(CUSTOMER.CUST_ID)', 'x', known).faults).toEqual([]);
  });

  test('5 MB are refused at once, with a name', () => {
    const { faults, template } = compileTemplate({ subject: 'x', html: '<p>'.repeat(1_747_627) }, KNOWN);
    expect(template).toBeUndefined();
    expect(faults.map((fault) => describeTemplateFault(fault, 'en'))).toEqual([
      'html 1:1 The template has 5242881 characters; at most 2097152 are allowed.',
    ]);
  });

  test('no more than fifty faults are listed', () => expect(faultsOf('$(X)'.repeat(1000))).toHaveLength(50));

  test('every fault reads in both languages', () => {
    for (const { en, ko } of Object.values(TEMPLATE_FAULTS)) {
      expect(ko).toMatch(/[가-힣]/);
      expect([...en.matchAll(/\{(\w+)\}/g)].map(String).sort()).toEqual(
        [...ko.matchAll(/\{(\w+)\}/g)].map(String).sort(),
      );
    }
    expect(told('$(NAMES)', 'ko')).toEqual([
      'html 1:1 $(NAMES)에 해당하는 컬럼이 없습니다. $(NAME)을(를) 쓰려고 하셨습니까?',
    ]);
  });
});

describe('a template is taken with a warning', () => {
  test.each([
    ['<p>$(NAME</p>', 'unclosed_variable 1:4'],
    ['<div><b>x</div>', 'unclosed_element 1:6'],
    ['<div>x', 'unclosed_element 1:1'],
    ['<p>x</b></p>', 'stray_end_tag 1:5'],
    ['<p>x</p', 'unclosed_tag 1:5'],
    ['<p>x</p><b', 'unclosed_tag 1:9'],
    ['<p>x</p><!-- note', 'unclosed_comment 1:9'],
    ['<div><!--LIST:NOTES--></div><!--ENDLIST-->', 'list_cuts_element 1:29'],
  ])('%s: %s', (html, warning) => {
    expect(warningsOf(html)).toContain(warning);
    expect(faultsOf(html)).toEqual([]);
  });

  test.each([
    '<ul><li>a<li>b</ul><table><tr><td>x<tr><td>y</table><p>a<p>b<br><img src="x"><hr/>',
    '<!--[if mso]><table><tr><td><![endif]--><p>x</p><!--[if mso]></td></tr></table><![endif]-->',
    '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><o:p/><p>1 < 2</p></body></html>',
  ])('nothing is wrong with %s', (html) => expect(warningsOf(html)).toEqual([]));
});

describe('a hostile template', () => {
  const MB2 = 2 * 1024 * 1024;
  test.each([
    '$(',
    '<',
    '<a ',
    '<a href="',
    '<!--',
    '<!--[if mso]>',
    '</',
    '<![endif]',
    '<title>',
    '<script>',
    '$(X)',
    '&#',
    '<div>',
    '<td>',
    '<table>',
    '<!--LIST:NOTES-->',
    '</b>',
    '<!-->',
    '<table><tr><td>x',
    '<div><!--LIST:NOTES--><!--ENDLIST-->',
    '<a href="x">$(NAME)',
  ])('of two million times %j is read to its end', (piece) => {
    const { faults, warnings } = compileTemplate(
      { subject: 'x', html: piece.repeat(MB2 / piece.length) },
      KNOWN,
    );
    expect(faults.length + warnings.length).toBeLessThanOrEqual(100);
  });
});
