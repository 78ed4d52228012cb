import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../shared/adapters/sources/oracle/address.ts';
import { oracleFault } from '../../shared/adapters/sources/oracle/faults.ts';
import { localText, toBind } from '../../shared/adapters/sources/oracle/types.ts';
import { sourceFaults } from '../../shared/adapters/sources/source-faults.ts';

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

  it('repeats what Oracle says about the text of a query, without the address of the manual', () => {
    const fault = named(
      'ORA-00904',
      '"NICKNAME": invalid identifier\nHelp: https://docs.example.com/ora-00904',
    );
    expect(fault.facts.reason).toBe('"NICKNAME": invalid identifier (ORA-00904)');
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
