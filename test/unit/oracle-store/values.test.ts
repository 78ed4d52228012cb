import oracledb from 'oracledb';
import { describe, expect, it } from 'vitest';
import { parseStoreUrl } from '../../../shared/adapters/oracle/address.ts';
import { openOracle } from '../../../shared/adapters/oracle/database.ts';
import { storeFault } from '../../../shared/adapters/oracle/faults.ts';
import { fetchTypes, toBind, toColumn, toRow } from '../../../shared/adapters/oracle/values.ts';
import { UniqueViolation } from '../../../shared/ports/database.ts';

const converted = (dbType: oracledb.DbType, value: unknown): unknown =>
  fetchTypes({ name: 'A', dbType } as oracledb.Metadata<unknown>)?.converter?.(value);

describe('values on their way to Oracle and back', () => {
  it('keeps an empty text apart from no text', () => {
    expect(toBind('')).not.toBeNull();
    expect(converted(oracledb.DB_TYPE_VARCHAR, toBind(''))).toBe('');
    expect(toBind(null)).toBeNull();
  });

  it('keeps integers beyond 2^53, and small ones as numbers', () => {
    expect(toBind(9_007_199_254_740_993n)).toBe('9007199254740993');
    expect(converted(oracledb.DB_TYPE_NUMBER, '9007199254740993')).toBe(9_007_199_254_740_993n);
    expect(converted(oracledb.DB_TYPE_NUMBER, '42')).toBe(42);
    expect(converted(oracledb.DB_TYPE_NUMBER, null)).toBeNull();
  });

  it('gives a column of an array bind one type', () => {
    expect(toColumn([1, 2n, null])).toEqual(['1', '2', null]);
    expect(toColumn([1, 2])).toEqual([1, 2]);
  });

  it('binds long bytes as a LOB, which may stand in an expression', () => {
    expect(toBind(new Uint8Array(2_001))).toMatchObject({ type: oracledb.DB_TYPE_BLOB });
    expect(Buffer.isBuffer(toBind(new Uint8Array(2_000)))).toBe(true);
  });

  it('names the columns of a row in small letters', () => {
    expect(toRow(['id', 'n'], ['a'])).toEqual({ id: 'a', n: null });
  });
});

describe('the address of a store on Oracle', () => {
  it.each([
    [
      'oracle://tank:p%40ss@db.example.com/CORE',
      { user: 'tank', password: 'p@ss', connectString: 'tcp://db.example.com:1521/CORE' },
    ],
    [
      'oracles://tank:x@db.example.com:2485/CORE?wallet=/etc/tank/wallet',
      {
        user: 'tank',
        password: 'x',
        connectString: 'tcps://db.example.com:2485/CORE',
        walletLocation: '/etc/tank/wallet',
      },
    ],
  ])('%s', (url, address) => {
    expect(parseStoreUrl(url)).toEqual(address);
  });

  it.each(['oracle://db/CORE', 'oracle://tank:x@db', 'postgres://tank:secret@db/CORE', 'nonsense'])(
    '%s is refused, and not repeated',
    (url) => {
      expect(() => parseStoreUrl(url)).toThrow(expect.objectContaining({ code: 'configuration_invalid' }));
      expect(() => parseStoreUrl(url)).not.toThrow(/secret/);
    },
  );
});

it.each([
  ['ORA-00001', expect.any(UniqueViolation)],
  ['ORA-00942', expect.objectContaining({ code: 'ORA-00942' })],
  ['ORA-03113', expect.objectContaining({ code: 'store_unavailable' })],
  ['ORA-01653', expect.objectContaining({ code: 'store_unavailable' })],
  ['NJS-503', expect.objectContaining({ code: 'store_unavailable' })],
])('%s', (code, fault) => {
  expect(storeFault(Object.assign(new Error(`${code}: it happened`), { code }))).toEqual(fault);
});

it('is away for a while where nothing listens, and is tried again at the next statement', async () => {
  const database = openOracle({ url: 'oracle://tank:x@127.0.0.1:1/CORE', connections: 1 });
  for (let tries = 0; tries < 2; tries += 1)
    await expect(database.all('SELECT 1')).rejects.toMatchObject({ code: 'store_unavailable' });
  await database.close();
});
