import { afterAll, describe, expect, it } from 'vitest';
import { createOracleSource } from '../../shared/adapters/sources/oracle/source.ts';
import { outcomesOf } from '../../shared/adapters/sources/oracle/update.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { type ListenerMood, startTnsListener } from '../fixtures/tns-listener.ts';
import { COLUMNS, type CustomerRow, sourceContract } from './source-contract.ts';

/** user/password@host:port/service of a schema of its own, whose table CUSTOMER may be dropped. */
const place = /^(?<user>[^/]+)\/(?<password>[^@]+)@(?<url>.+)$/.exec(
  process.env.TANK_TEST_ORACLE ?? '',
)?.groups;
const credentials = async () => ({
  user: place?.user ?? 'tank',
  password: place?.password ?? 'not-a-secret',
});

const fill = async (rows: Iterable<CustomerRow>) => {
  const { default: oracledb } = await import('oracledb');
  const connection = await oracledb.getConnection({
    ...(await credentials()),
    connectString: place?.url ?? '',
  });
  await connection.execute(
    `BEGIN EXECUTE IMMEDIATE 'DROP TABLE CUSTOMER PURGE'; EXCEPTION WHEN OTHERS THEN NULL; END;`,
  );
  await connection.execute(
    `CREATE TABLE CUSTOMER (CUST_ID VARCHAR2(200), NAME VARCHAR2(200), EMAIL VARCHAR2(200), TEAM VARCHAR2(200), SEND_YN VARCHAR2(1))`,
  );
  const binds = Array.from(rows, (row) => COLUMNS.map((column) => row[column]));
  const bindDefs = COLUMNS.map(() => ({ type: oracledb.STRING, maxSize: 600 }));
  if (binds.length > 0)
    await connection.executeMany('INSERT INTO CUSTOMER VALUES (:1, :2, :3, :4, :5)', binds, {
      bindDefs,
      autoCommit: true,
    });
  await connection.close();
};

sourceContract({
  adapter: 'Oracle',
  emptyIsNull: true,
  ...(place ? {} : { notRun: 'not run: no TANK_TEST_ORACLE' }),
  setUp: async (rows) => {
    await fill(rows);
    const { startTcpProxy } = await import('../fixtures/tcp-proxy.ts');
    const [, host = '', port = '1521', rest = ''] = /^([^:/]+)(?::(\d+))?(.*)$/.exec(place?.url ?? '') ?? [];
    const proxy = await startTcpProxy({ host, port: Number(port) });
    const source = createOracleSource({
      name: 'core-db',
      url: `127.0.0.1:${proxy.port}${rest}`,
      credentials,
    });
    return {
      source,
      vanish: () => proxy.close(),
      close: async () => {
        await source.close();
        await proxy.close().catch(() => undefined);
      },
    };
  },
});

describe('an Oracle listener', () => {
  const listeners: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const listener of listeners) await listener.close();
  });
  const faultOf = async (mood: ListenerMood, ending = '/CORE') => {
    const listener = await startTnsListener(mood);
    listeners.push(listener);
    const source = createOracleSource({
      name: 'core-db',
      url: `127.0.0.1:${listener.port}${ending}`,
      credentials,
      connectTimeoutMs: 1000,
    });
    const thrown = await source.test().catch((error: unknown) => error);
    await source.close();
    return thrown instanceof TankError ? thrown : Promise.reject(thrown);
  };

  it.each<[string, ListenerMood, string, RegExp]>([
    [
      'does not know the service',
      { refuses: 12514 },
      '/CORE',
      /does not know the service; check the service name.*NJS-518/,
    ],
    ['does not know the SID', { refuses: 12505 }, ':CORE', /does not know the SID.*NJS-519/],
    ['has no handler left', { refuses: 12516 }, '/CORE', /refuses the connection|no free handler/],
    ['stays silent', 'stays silent', '/CORE', /does not answer.*NJS-510/],
    ['hangs up', 'hangs up', '/CORE', /hung up|nothing listens/],
    ['is none at all', 'talks nonsense', '/CORE', /hung up|no Oracle listener|nothing listens/],
  ])('that %s is named in a plain sentence, and waiting helps', async (_, mood, ending, reason) => {
    const fault = await faultOf(mood, ending);
    expect(fault.code).toBe('source_unreachable');
    expect(fault.facts.reason).toMatch(reason);
    expect(`${fault.message}${fault.stack}${String(fault.cause)}`).not.toContain('not-a-secret');
  });

  it('that is not there is named', async () => {
    const source = createOracleSource({
      name: 'core-db',
      url: '127.0.0.1:1/CORE',
      credentials,
      connectTimeoutMs: 1000,
    });
    await expect(source.test()).rejects.toMatchObject({
      code: 'source_unreachable',
      facts: { reason: expect.stringMatching(/nothing listens.*NJS-503/) },
    });
    await expect(
      source.target({ sql: 'SELECT 1 AS ID FROM DUAL', key: 'ID' })[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject({ code: 'source_unreachable' });
    await source.close();
  });
});

describe('the outcomes of an array bind', () => {
  const failed = new Map([
    [1, Object.assign(new Error('ORA-12899: value too large'), { code: 'ORA-12899' })],
  ]);

  it.each([
    ['for every row', [1, 0, 0]],
    ['only for rows that did not fail', [1, 0]],
  ])('are told apart when counts come %s', (_, counts) => {
    expect(outcomesOf(3, counts, failed)).toEqual([
      { kind: 'updated' },
      { kind: 'failed', code: 'ORA-12899' },
      { kind: 'missed' },
    ]);
  });
});
