import pg from 'pg';

const INT8 = 20;
const BYTEA = 17;

/** A number where a double holds it, a bigint beyond. */
const integer = (value: string): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
};

/** `\\x0aff`: as bytes, not as pg's Buffer, which compares unlike what every other engine gives. */
const bytes = (value: string): Uint8Array => new Uint8Array(Buffer.from(value.slice(2), 'hex'));

export const STORE_TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) => {
    if (oid === INT8) return integer;
    return oid === BYTEA ? bytes : pg.types.getTypeParser(oid, format as 'text');
  },
};
