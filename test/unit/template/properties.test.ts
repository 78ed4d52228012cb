import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../shared/domain/row.ts';
import { compileTemplate } from '../../../shared/domain/template/compile.ts';
import { scanHtml } from '../../../shared/domain/template/html-scanner.ts';
import { renderMail } from '../../../shared/domain/template/render.ts';
import type { KnownNames, MailValues } from '../../../shared/domain/template/values.ts';

const KNOWN: KnownNames = {
  target: ['A', 'B'],
  simple: { M: ['C'] },
  lists: { L: ['D', 'E'] },
  texts: ['T'],
};

const NASTY = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      ...'<>"\'&$(){}|-=!/;:% \n\tA가😀\ud800\u0000\u2028',
      '$(A)',
      '<!--LIST:L-->',
      '<!--ENDLIST-->',
      '-->',
      '</p>',
      '<script>',
      '&amp;',
      '$&',
      '$1',
    ),
  }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ' ', '$(B)', '"><img src=x onerror=alert(1)>', "' onclick='x", '<!--', ']]>'),
);

const values = (text: fc.Arbitrary<string>): fc.Arbitrary<MailValues> => {
  const value = fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: fc.constant(null) });
  return fc.record({
    target: fc.record({ A: value, B: value }),
    simple: fc.record({ M: fc.record({ C: value }) }),
    lists: fc.record({ L: fc.array(fc.record({ D: value, E: value }), { maxLength: 3 }) }),
    texts: fc.record({ T: text }),
  });
};

const PIECE = fc.constantFrom(
  '<b>',
  '</b>',
  '<br>',
  ' ',
  '고객',
  '&amp;',
  'a < b',
  '$ (A)',
  '<i title="x">',
  '$(A)',
  '$(B)',
  '$(C)',
  '$(M.C)',
  '$(T)',
  '<p title="$(A)">',
  "<p title='$(B) $(C)'>",
);
const IN_LIST = fc.constantFrom(
  '<b>',
  '</b>',
  ' ',
  '행',
  '$(D)',
  '$(E)',
  '$(L.D)',
  '$(A)',
  '<p title="$(E)">',
);
const TEMPLATE = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: PIECE },
      {
        weight: 1,
        arbitrary: fc
          .array(IN_LIST, { maxLength: 6 })
          .map((pieces) => `<!--LIST:L-->${pieces.join('')}<!--ENDLIST-->`),
      },
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that a mail must not carry
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const escapeHtml = (text: string): string =>
  text.replace(CONTROLS, '').replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '');

/** Slow and obvious: one search for the next list or hole, the value in its place, the rest after it. */
const referenceHtml = (html: string, mail: MailValues, row: Row = {}): string => {
  const found = /<!--LIST:L-->(.*?)<!--ENDLIST-->|\$\((\w+\.)?(\w+)\)/s.exec(html);
  if (!found) return html;
  const rest = referenceHtml(html.slice(found.index + found[0].length), mail, row);
  const before = html.slice(0, found.index);
  const [, body, , name = ''] = found;
  if (body !== undefined) {
    return before + (mail.lists.L ?? []).map((each) => referenceHtml(body, mail, each)).join('') + rest;
  }
  if (name === 'T') return before + String(mail.texts.T) + rest;
  return before + escapeHtml(String({ ...mail.target, ...mail.simple.M, ...row }[name] ?? '')) + rest;
};

/** What a browser makes of it: the tags with the names of their attributes. */
const shape = (html: string): string[] =>
  scanHtml(html).flatMap((token) => {
    if (token.kind === 'open')
      return [`<${token.name} ${token.attributes.map(({ name }) => name).join(' ')}>`];
    if (token.kind === 'close') return [`</${token.name}>`];
    return token.kind === 'text' ? [] : [token.kind];
  });

const rendered = (html: string, mail: MailValues, subject = 'x') => {
  const { template, faults } = compileTemplate({ subject, html }, KNOWN);
  if (!template) throw new Error(JSON.stringify(faults));
  return renderMail(template, mail);
};

describe('whatever the template and the values', () => {
  test('the HTML is what one replacement after the other makes (10,000 cases)', () => {
    const seen = { holes: 0, lists: 0, rows: 0 };
    fc.assert(
      fc.property(TEMPLATE, values(NASTY), (html, mail) => {
        if (html.includes('$(')) seen.holes += 1;
        if (html.includes('LIST:')) seen.lists += 1;
        if (html.includes('LIST:') && mail.lists.L?.length) seen.rows += 1;
        const expected = Buffer.from(referenceHtml(html, mail));
        expect(Buffer.from(rendered(html, mail).html).equals(expected)).toBe(true);
      }),
      { numRuns: 10_000 },
    );
    expect(seen.holes).toBeGreaterThan(7_000);
    expect(seen.lists).toBeGreaterThan(3_000);
    expect(seen.rows).toBeGreaterThan(2_000);
  }, 60_000);

  test('no value changes a tag, an attribute or a comment (10,000 cases)', () => {
    const html =
      '<p title="$(A)" lang=\'$(B)\'>$(A)<a href="https://bank.example.com/s?a=$(B)#$(C)">$(C)</a></p><title>$(A)</title>' +
      '<!--[if mso]><td>$(B)</td><![endif]--><textarea>$(C)</textarea><!--LIST:L--><tr><td title="$(D)">$(E)$(A)</td></tr><!--ENDLIST-->';
    const plain: MailValues = {
      target: { A: 'a', B: 'b' },
      simple: { M: { C: 'c' } },
      lists: { L: [] },
      texts: { T: '' },
    };
    fc.assert(
      fc.property(values(NASTY), (mail) => {
        const rows = (mail.lists.L ?? []).map(() => ({ D: 'd', E: 'e' }));
        const expected = rendered(html, { ...plain, lists: { L: rows } });
        expect(shape(Buffer.from(rendered(html, mail).html).toString())).toEqual(
          shape(Buffer.from(expected.html).toString()),
        );
      }),
      { numRuns: 10_000 },
    );
  }, 60_000);

  test('the subject is one line without control characters (10,000 cases)', () => {
    fc.assert(
      fc.property(values(NASTY), (mail) => {
        const { subject } = rendered('x', mail, '[$(A)] $(B)\r\n $(C)');
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(subject).toBe(subject.replace(/\s+/g, ' ').trim());
      }),
      { numRuns: 10_000 },
    );
  }, 60_000);

  test('the plain text holds every value unescaped (10,000 cases)', () => {
    const visible = fc.string({ unit: fc.constantFrom(...'<>"\'&$()가😀x'), minLength: 1 });
    fc.assert(
      fc.property(visible, visible, (A, D) => {
        const mail: MailValues = {
          target: { A, B: '' },
          simple: { M: { C: '' } },
          lists: {
            L: [
              { D, E: '' },
              { D, E: '' },
            ],
          },
          texts: { T: '' },
        };
        const { text } = rendered('<h1>$(A)</h1><ul><!--LIST:L--><li>$(D)</li><!--ENDLIST--></ul>', mail);
        expect(Buffer.from(text).toString()).toBe(`${A}\n\n- ${D}\n- ${D}\n`);
      }),
      { numRuns: 10_000 },
    );
  }, 60_000);

  test('reading never throws, and a template without faults renders (10,000 cases)', () => {
    const html = fc.string({
      unit: fc.constantFrom(
        ...'<>"\'/=!-[] \nab',
        '$(',
        ')',
        '$(A)',
        '$(T)',
        '<!--LIST:L-->',
        '<!--ENDLIST-->',
        '<td>',
        '</td>',
        '<tr>',
        '<table>',
        '</table>',
        '<a href="',
        '<p title="',
        '<script>',
        '</script>',
        '<!--[if mso]>',
        '<![endif]-->',
        '<li>',
        '|date:',
      ),
      maxLength: 40,
    });
    const mail: MailValues = {
      target: { A: 'a', B: 'b' },
      simple: { M: { C: 'c' } },
      lists: { L: [{ D: 1, E: 2 }] },
      texts: { T: '<p>t</p>' },
    };
    let drawn = 0;
    fc.assert(
      fc.property(html, (source) => {
        const { template, faults } = compileTemplate({ subject: 'x', html: source }, KNOWN);
        expect(template === undefined).toBe(faults.length > 0);
        if (!template || source.includes('href')) return;
        drawn += 1;
        renderMail(template, mail);
      }),
      { numRuns: 10_000 },
    );
    expect(drawn).toBeGreaterThan(500);
  }, 60_000);
});
