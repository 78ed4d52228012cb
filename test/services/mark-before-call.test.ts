import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { readJournal } from '../fixtures/ses-stand-in/start.ts';
import { settleRun } from './chaos/settle.ts';
import { whyNoTracing } from './chaos/tracing.ts';
import { makeWorld, type World } from './chaos/world.ts';
import { type Columns, orderOfCalls } from './trace/marks.ts';
import { readStrace, STRACE, type SystemCall } from './trace/strace-log.ts';

const RECIPIENTS = 150;
const reason = whyNoTracing();

describe('The system calls of a run', () => {
  it.skipIf(reason)(
    `show each mark on the disk before its request leaves${reason ? ` (not run: ${reason})` : ''}`,
    async () => {
      const world = await makeWorld({
        recipients: RECIPIENTS,
        seed: 1,
        standIn: { throttle: 0.1, latencyMs: 5 },
      });
      const trace = join(world.folder, 'strace.out');
      try {
        const columns = await traceRun(world, trace);
        const log = join(world.dataDir, 'tank.db-wal');
        const calls = await readStrace(trace);
        const order = orderOfCalls(calls, log, columns);
        expect(order.unmarked).toEqual([]);

        const taken = (await readJournal(world.journal)).map(({ attemptId }) => attemptId);
        expect(taken).toHaveLength(RECIPIENTS);
        expect(new Set(order.marked)).toEqual(new Set([...order.marked, ...taken]));
        expect(order.marked.length).toBe((await world.standIn.counters()).calls);

        // The same run with a disk that is never told to sync: this test would notice.
        const neverSynced = calls.filter((call: SystemCall) => call.kind !== 'synced');
        expect(orderOfCalls(neverSynced, log, columns).unmarked).toHaveLength(order.marked.length);
      } finally {
        await world.end();
      }
    },
    120_000,
  );
});

/** A run of the built daemon under strace; where the columns of its send log stand. */
const traceRun = async (world: World, trace: string): Promise<Columns> => {
  const life = await world.tank.start({ under: [...STRACE, '-o', trace] });
  try {
    await world.relay.forwardTo(world.dataDir);
    await world.tank.apply(world.bank);
    await settleRun(world, await world.tank.startRun(), 90_000);
    return columnsOf(join(world.dataDir, 'tank.db'));
  } finally {
    process.kill(life.pid, 'SIGTERM');
    await life.ended;
  }
};

const columnsOf = (file: string): Columns => {
  const database = new DatabaseSync(file, { readOnly: true });
  const names = database
    .prepare('PRAGMA table_info(email_send_log)')
    .all()
    .map((row) => String((row as { name: unknown }).name));
  database.close();
  return { id: names.indexOf('id'), state: names.indexOf('state'), calls: names.indexOf('calls') };
};
