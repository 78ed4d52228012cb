import { decodeQuoted, decodeText } from './charset.ts';

const WORD = /=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bq])\?([^?\s]*)\?=/gi;

/** RFC 2047: encoded words, and the blanks between two of them, which say nothing. Bare bytes are UTF-8 or nothing. */
export const decodeWords = (value: string): string => {
  const joined = value.replace(/(\?=)[ \t]+(?==\?)/g, '$1');
  let text = '';
  let from = 0;
  for (const run of runsOf(joined)) {
    text +=
      decodeText(Buffer.from(joined.slice(from, run.start), 'latin1'), '') +
      decodeText(run.bytes, run.charset);
    from = run.end;
  }
  return text + decodeText(Buffer.from(joined.slice(from), 'latin1'), '');
};

interface Run {
  readonly start: number;
  readonly end: number;
  readonly charset: string;
  readonly bytes: Buffer;
}

/** Neighbours of one charset are decoded together: many mailers cut a letter in two. */
const runsOf = (value: string): Run[] => {
  const runs: Run[] = [];
  for (const { 0: whole, 1: charset = '', 2: kind = '', 3: content = '', index } of value.matchAll(WORD)) {
    const bytes =
      kind.toLowerCase() === 'b'
        ? Buffer.from(content, 'base64')
        : decodeQuoted(content.replaceAll('_', '=20'));
    const last = runs.at(-1);
    const run = { start: index, end: index + whole.length, charset, bytes };
    if (last?.end === index && last.charset.toLowerCase() === charset.toLowerCase())
      runs[runs.length - 1] = { ...last, end: run.end, bytes: Buffer.concat([last.bytes, bytes]) };
    else runs.push(run);
  }
  return runs;
};
