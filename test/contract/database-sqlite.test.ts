import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite, type SqliteOptions } from '../../shared/adapters/sqlite/database.ts';
import {
  judgeFileSystem,
  mountType,
  networkFileSystem,
} from '../../shared/adapters/sqlite/network-folder.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { type TemporaryFolder, THREAD_SOURCE, temporaryFolder } from './database-build.ts';
import { databaseContract } from './database-contract.ts';

let folder: TemporaryFolder;
let threadFile: URL;
let child: string;
let files = 0;
const newFile = () => join(folder.path, `store-${++files}.db`);

beforeAll(async () => {
  folder = await temporaryFolder();
  threadFile = await folder.bundle(THREAD_SOURCE);
  child = fileURLToPath(await folder.bundle('test/contract/database-child.ts'));
});
afterAll(() => folder.remove());

type Host = SqliteOptions['host'];
const HOSTS: readonly Host[] = ['inline', 'thread'];
const at = (host: Host): SqliteOptions => (host === 'inline' ? { host } : { host, threadFile });

for (const host of HOSTS) {
  databaseContract({
    name: `SQLite, ${host}`,
    types: { text: 'TEXT', int: 'INTEGER', blob: 'BLOB' },
    open: async () => {
      const database = await openSqlite(newFile(), at(host));
      return { database, close: () => database.close() };
    },
  });
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (thrown: unknown) => (thrown instanceof TankError ? thrown.code : String(thrown)),
  );

describe.each(HOSTS)('SQLite file, %s', (host) => {
  it.each(['월간 명세서 50% #1?.db', 'file:x.db', "it's.db"])('opens a file called %s', async (name) => {
    const file = join(folder.path, `${host}-${name}`);
    const database = await openSqlite(file, at(host));
    await database.run('CREATE TABLE t (a TEXT)');
    await database.close();
    expect((await stat(file)).size).toBeGreaterThan(0);
  });

  it('keeps the file from other users', async () => {
    const file = newFile();
    const database = await openSqlite(file, at(host));
    await database.run('CREATE TABLE t (a TEXT)');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(`${file}-wal`)).mode & 0o777).toBe(0o600);
    await database.close();
  });

  it('says that the store cannot be used when its folder is missing', async () => {
    expect(await codeOf(openSqlite(join(folder.path, 'nowhere', 'x.db'), at(host)))).toBe(
      'store_unavailable',
    );
  });

  it('refuses a text of several statements instead of running the first', async () => {
    const database = await openSqlite(newFile(), at(host));
    await expect(database.run("CREATE TABLE t (a TEXT DEFAULT ';'); DROP TABLE t")).rejects.toThrow(
      /One statement/,
    );
    await database.run("CREATE TABLE t (a TEXT DEFAULT ';'); -- end");
    await database.close();
  });

  it('lets the engine refuse every write to a read-only file', async () => {
    const file = newFile();
    const owner = await openSqlite(file, at(host));
    await owner.run('CREATE TABLE customer (id TEXT)');
    await owner.close();
    const guest = await openSqlite(file, { ...at(host), access: 'guest-read-only' });
    for (const sql of ["INSERT INTO customer VALUES ('a')", 'DROP TABLE customer', 'PRAGMA user_version = 7'])
      await expect(guest.run(sql)).rejects.toThrow();
    await guest.run('PRAGMA query_only = OFF');
    expect(await codeOf(guest.run("INSERT INTO customer VALUES ('a')"))).toBe('store_unavailable');
    expect(await guest.all('SELECT * FROM customer')).toEqual([]);
    await guest.close();
  });

  it("leaves the journal mode of a customer's file as it is", async () => {
    const file = newFile();
    const guest = await openSqlite(file, { ...at(host), access: 'guest' });
    await guest.run('CREATE TABLE customer (id TEXT)');
    expect(await guest.all('PRAGMA journal_mode')).toEqual([{ journal_mode: 'delete' }]);
    await guest.close();
  });

  it('commits with an fsync', async () => {
    const database = await openSqlite(newFile(), at(host));
    expect(await database.all('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    // Also after what was fleeting, whether it came to something or not.
    await database.atomic([{ sql: 'CREATE TABLE fleeting (id TEXT PRIMARY KEY)', fleeting: true }]);
    const add = { sql: 'INSERT INTO fleeting VALUES (1)', fleeting: true as const };
    await expect(database.atomic([add, add])).rejects.toThrow();
    expect(await database.all('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    expect(await database.all('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    await database.close();
  });

  it('says that the disk is full, keeps what was committed, and goes on when there is room', async () => {
    const database = await openSqlite(newFile(), at(host));
    await database.run('CREATE TABLE t (a TEXT)');
    await database.run("INSERT INTO t VALUES ('before')");
    await database.run('PRAGMA max_page_count = 20');
    const big = {
      sql: 'INSERT INTO t VALUES (?)',
      rows: Array.from({ length: 100 }, () => ['x'.repeat(4000)]),
    };
    await expect(database.atomic([big])).rejects.toMatchObject({
      code: 'store_unavailable',
      facts: { reason: expect.stringContaining('disk full') },
    });
    expect(await database.all('SELECT a FROM t')).toEqual([{ a: 'before' }]);
    await database.run('PRAGMA max_page_count = 10000');
    expect(await database.atomic([big])).toMatchObject({ committed: true });
    await database.close();
  });

  it('refuses calls after it was closed', async () => {
    const database = await openSqlite(newFile(), at(host));
    await database.close();
    expect(await codeOf(database.all('SELECT 1'))).toBe('store_unavailable');
    expect(await codeOf(database.atomic([]))).toBe('store_unavailable');
    await database.close();
  });

  it('commits what was asked for before it was closed', async () => {
    const file = newFile();
    const database = await openSqlite(file, at(host));
    await database.run('CREATE TABLE t (a INTEGER)');
    const writes = Array.from({ length: 100 }, (_, i) => database.run('INSERT INTO t VALUES (?)', [i]));
    await Promise.all([...writes, database.close()]);
    const again = await openSqlite(file, at(host));
    expect(await again.all('SELECT count(*) AS c FROM t')).toEqual([{ c: 100 }]);
    await again.close();
  });
});

const overwrite = async (file: string, position: number, length: number) => {
  const handle = await open(file, 'r+');
  await handle.write(new Uint8Array(length).fill(0x5a), 0, length, position);
  await handle.close();
};

const filled = async (host: Host, rows: number) => {
  const file = newFile();
  const database = await openSqlite(file, at(host));
  await database.run('CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)');
  await database.atomic([
    { sql: 'INSERT INTO t (b) VALUES (?)', rows: Array.from({ length: rows }, () => ['x'.repeat(1000)]) },
  ]);
  await database.close();
  return file;
};

describe.each(HOSTS)('A damaged file, %s', (host) => {
  it.each([
    ['in its pages', 8192, 4096],
    ['in its header', 0, 100],
  ])('is copied aside when it is opened damaged %s, and is left as it is', async (_, position, length) => {
    const file = await filled(host, 200);
    await overwrite(file, position, length);
    const damaged = await readFile(file);
    const opening = openSqlite(file, at(host));
    await expect(opening).rejects.toMatchObject({
      code: 'store_corrupt',
      facts: { file, copy: `${file}.damaged-1` },
    });
    expect(await readFile(`${file}.damaged-1`)).toEqual(damaged);
    expect(await readFile(file)).toEqual(damaged);
  });

  it('is copied once, however often it is opened', async () => {
    const file = await filled(host, 200);
    await overwrite(file, 8192, 4096);
    for (let round = 0; round < 3; round += 1)
      expect(await codeOf(openSqlite(file, at(host)))).toBe('store_corrupt');
    await copyFile(await filled(host, 300), file);
    await overwrite(file, 8192, 4096);
    expect(await codeOf(openSqlite(file, at(host)))).toBe('store_corrupt');
    expect(
      (await readdir(folder.path)).filter(
        (name) => file.endsWith(name.replace(/\.damaged.*/, '')) && /damaged-\d$/.test(name),
      ),
    ).toHaveLength(2);
  });

  it('is neither read nor written any more when the damage shows later', async () => {
    // Larger than the cache: what is kept in memory cannot show its damage.
    const file = await filled(host, 150_000);
    const database = await openSqlite(file, at(host));
    await overwrite(file, 4_096_000, 4_096_000);
    expect(await codeOf(database.all('SELECT sum(length(b)) FROM t'))).toBe('store_corrupt');
    expect(await codeOf(database.run("INSERT INTO t (b) VALUES ('x')"))).toBe('store_corrupt');
    await expect(database.all('SELECT 1')).rejects.toMatchObject({ facts: { copy: `${file}.damaged-1` } });
    await database.close();
  });

  it('of a customer is not copied', async () => {
    const file = newFile();
    await writeFile(file, 'this is not a database '.repeat(300));
    const opening = openSqlite(file, { ...at(host), access: 'guest-read-only' }).then((guest) =>
      guest.all('SELECT * FROM t'),
    );
    expect(await codeOf(opening)).toBe('store_corrupt');
    expect((await readdir(folder.path)).filter((name) => name.includes(`store-${files}.db.damaged`))).toEqual(
      [],
    );
  });
});

const startChild = (...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [child, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });

const lockHolder = async (file: string) => {
  const holder = startChild('lock', file);
  await once(holder.stdout as NodeJS.ReadableStream, 'data');
  return { release: () => holder.stdin?.write('go\n'), gone: once(holder, 'exit') };
};

describe.each(HOSTS)('A lock of another process, %s', (host) => {
  it('is waited for without blocking anybody, while reads go on', async () => {
    const file = newFile();
    const database = await openSqlite(file, at(host));
    await database.run('CREATE TABLE t (a INTEGER)');
    const holder = await lockHolder(file);
    let turns = 0;
    const timer = setInterval(() => ++turns, 5);
    const writes = Promise.all([
      database.run('INSERT INTO t VALUES (1)'),
      database.atomic([{ sql: 'INSERT INTO t VALUES (2)' }]),
    ]);
    expect(await database.all('SELECT count(*) AS c FROM t')).toEqual([{ c: 0 }]);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(turns).toBeGreaterThan(20);
    holder.release();
    await writes;
    clearInterval(timer);
    expect(await database.all('SELECT count(*) AS c FROM t')).toEqual([{ c: 2 }]);
    await holder.gone;
    await database.close();
  });

  it('is not waited for beyond the patience', async () => {
    const file = newFile();
    const database = await openSqlite(file, { ...at(host), patienceMs: 150 });
    await database.run('CREATE TABLE t (a INTEGER)');
    const holder = await lockHolder(file);
    const write = database.run('INSERT INTO t VALUES (1)');
    await expect(write).rejects.toMatchObject({
      code: 'store_unavailable',
      facts: { reason: expect.stringContaining('lock') },
    });
    holder.release();
    await holder.gone;
    await database.run('INSERT INTO t VALUES (2)');
    expect(await database.all('SELECT a FROM t')).toEqual([{ a: 2 }]);
    await database.close();
  });
});

describe('A stream', () => {
  it('survives a garbage collection between its pages', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const database = await openSqlite(newFile(), at('inline'));
    await database.run('CREATE TABLE t (a INTEGER)');
    await database.atomic([
      { sql: 'INSERT INTO t VALUES (?)', rows: Array.from({ length: 100 }, (_, i) => [i]) },
    ]);
    let rows = 0;
    for await (const chunk of database.stream('SELECT a FROM t', [], 10)) {
      rows += chunk.length;
      collect();
      await nextTurn();
    }
    expect(rows).toBe(100);
    await database.close();
  });
});

describe('The thread of SQLite', () => {
  it('rejects what waits when it dies, and is started again for the next call', async () => {
    const database = await openSqlite(newFile(), {
      host: 'thread',
      threadFile: await folder.bundle('test/contract/database-frail-thread.ts'),
    });
    await database.run('CREATE TABLE t (a INTEGER)');
    await database.atomic([
      { sql: 'INSERT INTO t VALUES (?)', rows: Array.from({ length: 100 }, (_, i) => [i]) },
    ]);
    const stream = database.stream('SELECT a FROM t', [], 10)[Symbol.asyncIterator]();
    await stream.next();
    const waiting = ['SELECT 1 AS die', 'SELECT 1', 'SELECT 2'].map((sql) => codeOf(database.all(sql)));
    expect(await Promise.all(waiting)).toEqual(Array(3).fill('store_unavailable'));
    expect(await database.all('SELECT count(*) AS c FROM t')).toEqual([{ c: 100 }]);
    const rest = async () => {
      for (let step = await stream.next(); !step.done; step = await stream.next());
    };
    expect(await codeOf(rest())).toBe('store_unavailable');
    await database.close();
  });

  it('does not keep a process alive that has forgotten to close it', async () => {
    const forgetful = startChild('forget', newFile(), threadFile.href);
    const [code] = await once(forgetful, 'exit');
    expect(code).toBe(0);
  });

  it('leaves the event loop free during a long query', async () => {
    const database = await openSqlite(newFile(), at('thread'));
    let turns = 0;
    const timer = setInterval(() => ++turns, 5);
    await database.all(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) AS m FROM n',
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
    await database.close();
  });
});

describe('A process killed in the middle of its commits', () => {
  it('leaves every batch that it had told of, and no half one, in 20 rounds', async () => {
    const file = newFile();
    const setup = await openSqlite(file, at('inline'));
    await setup.run('CREATE TABLE line (batch INTEGER, line INTEGER, body TEXT, PRIMARY KEY (batch, line))');
    await setup.close();
    let told = 0;
    for (let round = 0; round < 20; round += 1) {
      const acknowledged = await killedWriter(file, round * 1_000_000, 10 + round * 5);
      told += acknowledged.length;
      const database = await openSqlite(file, at('inline'));
      const counts = await database.all<{ batch: number; lines: number }>(
        'SELECT batch, count(*) AS lines FROM line GROUP BY batch',
      );
      expect(counts.filter(({ lines }) => lines !== 10)).toEqual([]);
      const stored = new Set(counts.map(({ batch }) => batch));
      expect(acknowledged.filter((batch) => !stored.has(batch))).toEqual([]);
      await database.close();
    }
    expect(told).toBeGreaterThan(100);
  }, 60_000);
});

/** Lets a child write for some milliseconds after its first commit; answers the batches of which it told. */
const killedWriter = async (file: string, first: number, forMs: number): Promise<readonly number[]> => {
  const writer = startChild('batches', file, String(first));
  const told: number[] = [];
  for await (const line of createInterface({ input: writer.stdout as NodeJS.ReadableStream })) {
    if (told.length === 0) setTimeout(() => writer.kill('SIGKILL'), forMs);
    told.push(Number(line));
  }
  return told;
};

describe('A folder for the store', () => {
  it('is a local disk here', async () => {
    expect(await networkFileSystem(join(folder.path, 'not', 'yet'))).toBeUndefined();
  });

  it.each([
    [0x6969, '', 'NFS'],
    [0xff534d42, '', 'CIFS'],
    [-11317950, '', 'CIFS'],
    [0xef53, '', undefined],
    [0x65735546, 'fuse.sshfs', 'fuse.sshfs'],
    [0x65735546, 'fuse.fuse-overlayfs', undefined],
    [0x65735546, '', 'FUSE'],
  ])('of type %i %s is judged as %s', (type, mounted, judged) => {
    expect(judgeFileSystem(type, mounted)).toBe(judged);
  });

  it('is looked for in the mount nearest to it', () => {
    const mounts = [
      '21 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
      '40 21 0:45 / /mnt/my\\040share rw - fuse.sshfs host:/ rw',
      '41 21 0:46 / /mnt rw - tmpfs tmpfs rw',
    ].join('\n');
    expect(mountType(mounts, '/mnt/my share/tank')).toBe('fuse.sshfs');
    expect(mountType(mounts, '/mnt/my shareholders')).toBe('tmpfs');
    expect(mountType(mounts, '/home')).toBe('ext4');
  });
});
