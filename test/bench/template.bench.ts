/**
 * Renders mails from a compiled template and, in the same run, by replacing one variable after the other.
 * Both make subject, HTML and plain text, format the same values and end with bytes.
 *
 *   npx tsx test/bench/template.bench.ts
 */
import type { Value } from '../../shared/domain/row.ts';
import { parseDatePattern } from '../../shared/domain/schedule/date-pattern.ts';
import { compileTemplate } from '../../shared/domain/template/compile.ts';
import { type Format, formatValue } from '../../shared/domain/template/format.ts';
import { renderMail } from '../../shared/domain/template/render.ts';
import type { MailValues } from '../../shared/domain/template/values.ts';
import { holdBar } from './bars.ts';

const ZONE = 'Asia/Seoul';
const ROUNDS = 9;

const VARIABLES = Array.from({ length: 20 }, (_, index) => `VALUE_${String(index).padStart(2, '0')}`);
const writtenFormat = (index: number): string =>
  index === 19 ? '|mask' : index >= 17 ? '|date:yyyy-MM-dd' : index >= 12 ? '|number' : '';
const FILLER = '고객님의 소중한 자산을 안전하게 지켜 드리겠습니다. Tank Bank statement, page of details. ';

const paragraph = (index: number): string =>
  `<p class="line" style="margin:0 0 8px;font-size:14px">항목 ${index}: <b>$(${VARIABLES[index]}${writtenFormat(index)})</b> ${FILLER}</p>\n`;
const padTo = (html: string, size: number): string => {
  const missing = size - Buffer.byteLength(html);
  return (
    html + '<p>약관 안내</p>'.repeat(Math.max(0, Math.ceil(missing / Buffer.byteLength('<p>약관 안내</p>'))))
  );
};

const BODY = padTo(VARIABLES.map((_, index) => paragraph(index)).join(''), 4096);
const ROW = '<tr><td>$(PRODUCT)</td><td>$(PRICE|number)</td><td>$(OPENED|date:yyyy-MM-dd)</td></tr>';
const LIST_BODY = `${BODY}<table><!--LIST:PRODUCTS-->${ROW}<!--ENDLIST--></table>`;
const SUBJECT = '$(VALUE_00) 고객님 거래명세서 $(VALUE_17|date:yyyy-MM-dd)';

const valueAt = (index: number, mail: number): Value => {
  if (index === 19) return '홍길동';
  if (index >= 17) return '2026-03-05';
  return index >= 12 ? `${1_234_567 + mail}.50` : index % 2 === 0 ? `고객 ${mail}` : `Customer & ${mail}`;
};

const mailOf = (mail: number): MailValues => ({
  target: Object.fromEntries(VARIABLES.map((name, index) => [name, valueAt(index, mail)])),
  simple: {},
  lists: {
    PRODUCTS: Array.from({ length: 10 }, (_, row) => ({
      PRODUCT: `적금 ${row}`,
      PRICE: 10_000 * row + mail,
      OPENED: '20260305',
    })),
  },
  texts: {},
});
const MAILS = Array.from({ length: 256 }, (_, mail) => mailOf(mail));

const KNOWN = {
  target: VARIABLES,
  simple: {},
  lists: { PRODUCTS: ['PRODUCT', 'PRICE', 'OPENED'] },
  texts: [],
};

const compiled = (html: string) => {
  const { template, faults } = compileTemplate({ subject: SUBJECT, html }, KNOWN, ZONE);
  if (!template) throw new Error(JSON.stringify(faults));
  return template;
};

const pattern = parseDatePattern('yyyy-MM-dd');
const DATE: Format = { kind: 'date', pattern: pattern.ok ? pattern.pattern : [], text: 'yyyy-MM-dd' };
const FORMATS: readonly (readonly [string, Format])[] = VARIABLES.map((name, index): [string, Format] => {
  const written = writtenFormat(index);
  const format: Format =
    written === ''
      ? { kind: 'plain' }
      : written.startsWith('|date')
        ? DATE
        : { kind: written === '|mask' ? 'mask' : 'number' };
  return [`$(${name}${written})`, format];
});
const ROW_FORMATS: readonly (readonly [string, string, Format])[] = [
  ['PRODUCT', '$(PRODUCT)', { kind: 'plain' }],
  ['PRICE', '$(PRICE|number)', { kind: 'number' }],
  ['OPENED', '$(OPENED|date:yyyy-MM-dd)', DATE],
];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
const keep = (text: string): string => text;

const replaceAll = (template: string, values: MailValues, escaped: (text: string) => string): string => {
  let text = template;
  VARIABLES.forEach((name, index) => {
    const [hole, format] = FORMATS[index] ?? ['', { kind: 'plain' }];
    const value = escaped(formatValue(values.target[name] ?? null, format, ZONE) ?? '');
    text = text.replaceAll(hole, () => value);
  });
  return text.replace(/<!--LIST:PRODUCTS-->(.*?)<!--ENDLIST-->/s, (_, body: string) =>
    (values.lists.PRODUCTS ?? []).map((row) => replaceRow(body, row, escaped)).join(''),
  );
};

const replaceRow = (
  body: string,
  row: Readonly<Record<string, Value>>,
  escaped: (text: string) => string,
): string => {
  let text = body;
  for (const [name, hole, format] of ROW_FORMATS) {
    const value = escaped(formatValue(row[name] ?? null, format, ZONE) ?? '');
    text = text.replaceAll(hole, () => value);
  }
  return text;
};

/** The plain loop gets its text template as a gift: the tags taken out, the holes left. */
const textTemplateOf = (html: string): string =>
  html.replace(/<(?!!--)[^>]*>/g, '').replace(/<!--(LIST:PRODUCTS|ENDLIST)-->/g, '\n<!--$1-->');

const replaceMail = (html: string, text: string, values: MailValues) => ({
  subject: replaceAll(SUBJECT, values, keep),
  html: Buffer.from(replaceAll(html, values, escapeHtml)),
  text: Buffer.from(replaceAll(text, values, keep)),
});

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

let sink = 0;
/** Mails per second of processor time, the collector's threads included: other work on the machine does not count. */
const perSecond = (count: number, render: (values: MailValues) => { readonly html: Uint8Array }): number => {
  const began = process.cpuUsage();
  for (let mail = 0; mail < count; mail++) {
    const values = MAILS[mail % MAILS.length];
    if (values) sink += render(values).html.length;
  }
  const { user, system } = process.cpuUsage(began);
  return count / ((user + system) / 1e6);
};

const compare = (name: string, html: string, bar: number, count: number): void => {
  const template = compiled(html);
  const text = textTemplateOf(html);
  const rounds = Array.from({ length: ROUNDS + 1 }, () => ({
    ours: perSecond(count, (values) => renderMail(template, values)),
    plain: perSecond(Math.ceil(count / 5), (values) => replaceMail(html, text, values)),
  })).slice(1);
  const ours = median(rounds.map((round) => round.ours));
  const plain = median(rounds.map((round) => round.plain));
  const first = MAILS[0];
  const size = first ? renderMail(template, first).html.length : 0;
  console.log(
    `${name}: replace loop ${Math.round(plain)} mails/s; template ${Buffer.byteLength(html)} bytes, mail ${size} bytes`,
  );
  holdBar({ name, measured: ours, atLeast: bar, unit: 'mails/s' });
  holdBar({ name: `${name}, against the replace loop`, measured: ours / plain, atLeast: 5, unit: 'times' });
};

compare('20 variables', BODY, 60_000, 40_000);
compare('20 variables and a list of 10 rows', LIST_BODY, 15_000, 10_000);
if (sink === 0) throw new Error('nothing was rendered');
