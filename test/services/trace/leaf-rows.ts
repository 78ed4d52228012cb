/** https://sqlite.org/fileformat2.html, as much of it as finds the rows on a page: no overflow, no interior pages. */
export type Row = readonly (string | number | Buffer | null)[];

const TABLE_LEAF = 0x0d;

/** The rows of a page of a table; none for any other page. */
export const leafRows = (page: Buffer): readonly Row[] => {
  if (page[0] !== TABLE_LEAF) return [];
  const cells = page.readUInt16BE(3);
  return Array.from({ length: cells }, (_, index) => readCell(page, page.readUInt16BE(8 + 2 * index)));
};

const readCell = (page: Buffer, start: number): Row => {
  const [, afterLength] = varint(page, start);
  const [, record] = varint(page, afterLength);
  const [headerLength, firstType] = varint(page, record);
  const types: number[] = [];
  for (let at = firstType; at < record + headerLength; ) {
    const [type, next] = varint(page, at);
    types.push(type);
    at = next;
  }
  let at = record + headerLength;
  return types.map((type) => {
    const value = readValue(page, at, type);
    at += lengthOf(type);
    return value;
  });
};

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8] as const;

const lengthOf = (type: number): number => {
  if (type <= 6) return INTEGER_BYTES[type as 0] ?? 0;
  if (type === 7) return 8;
  return type < 12 ? 0 : Math.floor((type - 12) / 2);
};

const readValue = (page: Buffer, at: number, type: number): Row[number] => {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return page.readDoubleBE(at);
  if (type === 6) return Number(page.readBigInt64BE(at));
  if (type < 6) return page.readIntBE(at, lengthOf(type));
  const bytes = page.subarray(at, at + lengthOf(type));
  return type % 2 === 1 ? bytes.toString() : bytes;
};

/** The value, and where the next one begins. */
const varint = (page: Buffer, start: number): readonly [number, number] => {
  let value = 0;
  for (let at = start; ; at += 1) {
    const byte = page[at] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + 1];
  }
};
