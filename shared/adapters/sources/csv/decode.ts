import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { type FaultText, faultText } from '../../../domain/fault-text.ts';
import type { CsvFaults } from './csv-faults.ts';
import type { Encoding } from './format.ts';

/** Whole lines as text, and the number of the first of them. */
export interface TextBlock {
  readonly line: number;
  readonly text: string;
}

const TOO_LONG = faultText('is longer than 4 MB', '4 MB를 넘습니다');
const HAS_NUL = faultText(
  'holds a NUL byte; is the file UTF-16?',
  'NUL 바이트가 있습니다. 파일이 UTF-16입니까?',
);
const otherEncoding = (encoding: Encoding, other: Encoding): FaultText =>
  faultText(
    `holds bytes that are not ${encoding}; is the file ${other}?`,
    `${encoding}에 맞지 않는 바이트가 있습니다. 파일이 ${other}입니까?`,
  );

const LINE_FEED = 0x0a;
const LONGEST_LINE = 4 * 1024 * 1024;
const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts at line ends before decoding: in UTF-8 and in CP949 no letter contains the byte of a line feed, so what
 * cannot be decoded can be told by its line.
 */
export async function* decodeLines(
  chunks: AsyncIterable<Buffer>,
  encoding: Encoding,
  faults: CsvFaults,
): AsyncGenerator<TextBlock, void, void> {
  let line = 1;
  for await (const bytes of wholeLines(chunks)) {
    if (bytes.length > LONGEST_LINE && bytes.indexOf(LINE_FEED) > LONGEST_LINE) faults.add(line, TOO_LONG);
    if (bytes.includes(0)) faults.add(lineOf(bytes, bytes.indexOf(0), line), HAS_NUL);
    if (faults.full) return;
    yield { line, text: decode(bytes, encoding, line, faults) };
    line += countLines(bytes);
  }
}

async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    rest = bytes.subarray(end);
    if (end === 0 && rest.length <= LONGEST_LINE) continue;
    yield first
      ? withoutMark(bytes.subarray(0, end || bytes.length))
      : bytes.subarray(0, end || bytes.length);
    if (end === 0) rest = Buffer.alloc(0);
    first = false;
  }
  if (rest.length > 0) yield first ? withoutMark(rest) : rest;
}

const withoutMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, 3).equals(UTF8_MARK) ? bytes.subarray(3) : bytes;

const decode = (bytes: Buffer, encoding: Encoding, line: number, faults: CsvFaults): string => {
  const text = encoding === 'utf-8' ? bytes.toString('utf8') : iconv.decode(bytes, encoding);
  if (!isDecoded(bytes, text, encoding)) nameBadLines(bytes, encoding, line, faults);
  return text;
};

/** CP949 has no sign for U+FFFD, so there it always stands for bytes that mean nothing. */
const isDecoded = (bytes: Buffer, text: string, encoding: Encoding): boolean =>
  encoding === 'utf-8' ? isUtf8(bytes) : !text.includes('\ufffd');

const nameBadLines = (bytes: Buffer, encoding: Encoding, line: number, faults: CsvFaults): void => {
  const other = encoding === 'utf-8' ? 'cp949' : 'utf-8';
  for (let start = 0, number = line; start < bytes.length && !faults.full; number += 1) {
    const end = bytes.indexOf(LINE_FEED, start) + 1 || bytes.length;
    const one = bytes.subarray(start, end);
    const text = encoding === 'utf-8' ? '' : iconv.decode(one, encoding);
    if (!isDecoded(one, text, encoding)) faults.add(number, otherEncoding(encoding, other));
    start = end;
  }
};

const countLines = (bytes: Buffer): number => lineOf(bytes, bytes.length, 0);

const lineOf = (bytes: Buffer, position: number, first: number): number => {
  let line = first;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1 && at < position; at = bytes.indexOf(LINE_FEED, at + 1))
    line += 1;
  return line;
};
