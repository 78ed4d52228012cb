import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../shared/adapters/sources/oracle/address.ts';
import { oracleFault } from '../../shared/adapters/sources/oracle/faults.ts';
import { report } from '../../shared/adapters/sources/oracle/privileges.ts';
import type { Session } from '../../shared/adapters/sources/oracle/session.ts';
import {
  IDENTITY,
  ROLES,
  SYSTEM_RIGHTS,
  TABLE_RIGHTS,
} from '../../shared/adapters/sources/oracle/statements.ts';
import { localText, toBind } from '../../shared/adapters/sources/oracle/types.ts';
import { sourceFaults } from '../../shared/adapters/sources/source-faults.ts';
import { describeError } from '../../shared/domain/errors.ts';

describe('the address of an Oracle source', () => {
  it.each([
    [
      'db.example.com:1522/CORE.example',
      '(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=db.example.com)(PORT=1522))(CONNECT_DATA=(SERVICE_NAME=CORE.example)))',
    ],
    [
      '10.0.0.1/CORE',
      '(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=10.0.0.1)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=CORE)))',
    ],
    ['db:1521:ORCL', '(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=db)(PORT=1521))(CONNECT_DATA=(SID=ORCL)))'],
    [
      '[::1]:1521/CORE',
      '(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=::1)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=CORE)))',
    ],
  ])('%s', (url, connectString) => {
    expect(parseAddress(url)).toEqual({ connectString });
  });

  it('takes a wallet for TCPS and has the name of the server checked', () => {
    const address = parseAddress('tcps://db.example.com/CORE?wallet=/etc/tank/wallet');
    expect(address.walletFolder).toBe('/etc/tank/wallet');
    expect(address.connectString).toContain('(PROTOCOL=tcps)(HOST=db.example.com)(PORT=2484)');
    expect(address.connectString).toContain('(SSL_SERVER_DN_MATCH=ON)');
  });

  it.each([
    'db',
    'db:1521',
    'user/secret@db:1521/CORE',
    'db:1521/CORE)(X=1',
    'db/CORE?wallet=/w',
    'tcps://db/CORE?trace=1',
    '',
  ])('%s is refused', (url) => {
    expect(() => parseAddress(url)).toThrow(expect.objectContaining({ code: 'invalid_definition' }));
    expect(() => parseAddress(url)).not.toThrow(/secret@/);
  });
});

describe('a fault of Oracle', () => {
  const named = (code: string, message: string) =>
    oracleFault(Object.assign(new Error(`${code}: ${message}`), { code }), sourceFaults('core-db'));

  it.each([
    ['ORA-01017', 'source_unreachable', /user or the password/],
    ['ORA-28009', 'source_unreachable', /SYSDBA/],
    ['ORA-12170', 'source_unreachable', /firewall/],
    ['NJS-123', 'source_unreachable', /longer than is allowed/],
    ['ORA-01456', 'source_query_failed', /tried to write/],
    ['ORA-01722', 'source_query_failed', /not a number/],
    ['ORA-20001', 'source_query_failed', /Oracle refuses it \(ORA-20001\)/],
  ])('%s is %s', (code, kind, reason) => {
    const fault = named(code, 'text with 홍길동 in it');
    expect(fault.code).toBe(kind);
    expect(fault.facts.reason).toMatch(reason);
    expect(fault.message).not.toContain('홍길동');
  });

  it.each([
    ['ORA-12514', /리스너가 서비스를 알지 못합니다.*\(ORA-12514\)/],
    ['ORA-12170', /방화벽.*\(ORA-12170\)/],
    ['ORA-01017', /비밀번호가 거부.*\(ORA-01017\)/],
    ['ORA-28009', /SYSDBA.*\(ORA-28009\)/],
    ['ORA-20001', /Oracle이 거부했습니다 \(ORA-20001\)/],
  ])('%s is told in Korean, too', (code, sentence) => {
    const { code: kind, facts } = named(code, 'x');
    expect(describeError(kind, facts, 'ko')).toMatch(sentence);
    expect(describeError(kind, facts, 'ko')).toMatch(/core-db/);
  });

  it('repeats what Oracle says about the text of a query, without the address of the manual', () => {
    const fault = named(
      'ORA-00904',
      '"NICKNAME": invalid identifier\nHelp: https://docs.example.com/ora-00904',
    );
    expect(fault.facts.reason).toBe('"NICKNAME": invalid identifier (ORA-00904)');
  });
});

describe('the rights of an Oracle account', () => {
  const session = (rights: { system: string[]; roles: string[]; tables: [string, number, string][] }) => {
    const answers = new Map<string, readonly (readonly unknown[])[]>([
      [IDENTITY, [['TANK', 'tcps']]],
      [SYSTEM_RIGHTS, rights.system.map((right) => [right])],
      [ROLES, rights.roles.map((role) => [role])],
      [TABLE_RIGHTS, rights.tables],
    ]);
    return {
      query: async (sql: string) => ({ columns: [], rows: answers.get(sql) ?? [] }),
      connection: { oracleServerVersionString: '19.3.0.0.0' },
    } as unknown as Session;
  };

  it('are named, and are not too many', async () => {
    const told = await report(
      session({
        system: ['CREATE SESSION'],
        roles: ['TANK_READER'],
        tables: [
          ['SELECT', 2, 'CORE.CUSTOMER'],
          ['UPDATE', 1, 'CORE.CUSTOMER'],
        ],
      }),
    );
    expect(told).toEqual({
      product: 'Oracle Database',
      version: '19.3.0.0.0',
      user: 'TANK',
      encrypted: true,
      privileges: ['SELECT', 'UPDATE', 'CREATE SESSION'],
      tooMighty: [],
    });
  });

  it.each([
    [{ system: ['SELECT ANY TABLE'], roles: [], tables: [] }, ['SELECT ANY TABLE']],
    [{ system: ['CREATE TABLE'], roles: ['DBA'], tables: [] }, ['role DBA', 'CREATE TABLE']],
    [
      {
        system: [],
        roles: [],
        tables: [
          ['DELETE', 3, 'CORE.CUSTOMER'],
          ['OWNER', 1, 'TANK.X'],
        ] as [string, number, string][],
      },
      ['DELETE on CORE.CUSTOMER and 2 more', 'OWNER on TANK.X'],
    ],
  ])('are too many with %j', async (rights, tooMighty) => {
    expect((await report(session(rights))).tooMighty).toEqual(tooMighty);
  });
});

it('gives a date back as the day that the database wrote', () => {
  expect(localText(new Date(2026, 10, 5, 23, 59, 58))).toBe('2026-11-05 23:59:58');
  expect([toBind('007'), toBind(7), toBind(null), toBind(true), toBind(new Date(2026, 0, 1))]).toEqual([
    '007',
    '7',
    null,
    '1',
    '2026-01-01 00:00:00',
  ]);
});
