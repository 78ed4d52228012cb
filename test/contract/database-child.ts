import { writeSync } from 'node:fs';
import { openSqlite } from '../../shared/adapters/sqlite/database.ts';
import { openVendor } from '../../shared/adapters/sqlite/vendor.ts';

/** Another process, for the tests that need one: `lock FILE`, `batches FILE FIRST` or `forget FILE THREAD`. */
const say = (line: string) => writeSync(1, `${line}\n`);

/** Holds the write lock until something is written to it. */
const lock = (file: string) => {
  const database = openVendor(file, false);
  database.exec('BEGIN IMMEDIATE');
  say('locked');
  process.stdin.once('data', () => {
    database.exec('COMMIT');
    say('released');
    process.exit(0);
  });
};

/** Commits batches of ten rows from four callers until it is killed; tells the number of each after its commit. */
const batches = async (file: string, first: number) => {
  const database = await openSqlite(file, { host: 'inline' });
  let next = first;
  const caller = async () => {
    for (;;) {
      const batch = next++;
      const rows = Array.from({ length: 10 }, (_, row) => [batch, row, 'x'.repeat(500)]);
      await database.atomic([
        { sql: 'INSERT INTO line (batch, line, body) VALUES (?, ?, ?)', rows, expect: 10 },
      ]);
      say(String(batch));
    }
  };
  await Promise.all(Array.from({ length: 4 }, caller));
};

/** Ends its work without closing the database. */
const forget = async (file: string, threadFile: string) => {
  const database = await openSqlite(file, { host: 'thread', threadFile: new URL(threadFile) });
  await database.run('CREATE TABLE t (a TEXT)');
};

const [verb, file = '', more = ''] = process.argv.slice(2);
if (verb === 'lock') lock(file);
else if (verb === 'forget') await forget(file, more);
else await batches(file, Number(more));
