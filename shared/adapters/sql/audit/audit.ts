import { join } from 'node:path';
import { TankError } from '../../../domain/errors.ts';
import type { Audit, AuditEntry, AuditFilter, RecordedEntry } from '../../../ports/audit.ts';
import type { Database, SqlValue } from '../../../ports/database.ts';
import type { Runtime } from '../../../ports/runtime.ts';
import { coalesced } from '../coalesced.ts';
import type { Dialect } from '../dialect.ts';
import { insertNew } from '../insert-new.ts';
import { number, text } from '../ledger/context.ts';
import { openAppendOnlyFile } from './append-only-file.ts';
import { BEGINNING, COLUMNS, type Head, hashOf, toEntry, toValues } from './chain.ts';
import { CHECKPOINT_EVERY, makeCheckpoint, type Sealing } from './checkpoints.ts';
import { verifyChain } from './verify.ts';

interface Dependencies {
  readonly database: Database;
  readonly dialect: Dialect;
  readonly runtime: Pick<Runtime, 'clock' | 'log'>;
  readonly sealing: Sealing;
  /** Where lines are laid down outside the store; none on Lambda, where the log is the place. */
  readonly folder?: string;
}

const CHAIN = 'chain';
const TOGETHER = 100;
/** Processes that write at the same moment; each round one of them wins. */
const TRIES = 100;

export const createSqlAudit = ({ database, dialect, runtime, sealing, folder }: Dependencies): Audit => {
  const { clock, log } = runtime;
  const files = folder
    ? {
        entries: openAppendOnlyFile(join(folder, 'audit'), 'entries', clock.now),
        checkpoints: openAppendOnlyFile(join(folder, 'audit'), 'checkpoints', clock.now),
      }
    : undefined;

  const record = async (entries: readonly AuditEntry[]): Promise<readonly RecordedEntry[]> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const head = await readHead(database);
      const linked = link(entries, head, clock.now());
      if (await append(database, head, linked)) return linked;
    }
    throw new Error(`other processes were first ${TRIES} times`);
  };

  const seal = async (recorded: readonly RecordedEntry[]): Promise<void> => {
    for (const entry of recorded.filter(({ sequence }) => sequence % CHECKPOINT_EVERY === 0)) {
      const checkpoint = await makeCheckpoint(entry, clock.now(), sealing);
      log.info('audit_checkpoint', { ...checkpoint });
      await files?.checkpoints.append([JSON.stringify(checkpoint)]);
    }
  };

  const write = coalesced<AuditEntry, void>(async (entries) => {
    try {
      const recorded = await record(entries);
      // The seal before the line that demands it: somebody may be verifying just now.
      await seal(recorded);
      await files?.entries.append(recorded.map((entry) => JSON.stringify(entry)));
    } catch (cause) {
      throw new TankError('audit_unavailable', { reason: reasonOf(cause) }, { cause });
    }
    return entries.map(() => undefined);
  }, TOGETHER);

  return {
    write,
    list: async (filter) => {
      const { where, values } = conditionsOf(filter);
      const sql = `SELECT ${COLUMNS} FROM audit_entry WHERE ${where} ORDER BY seq DESC ${dialect.limit(filter.limit)}`;
      return (await database.all(sql, values)).map(toEntry);
    },
    verify: shared(async (last = Number.POSITIVE_INFINITY) => {
      const from = Math.max(1, (await readHead(database)).sequence - last + 1);
      const head = () => readHead(database);
      return verifyChain({ database, sealing, head, from, ...(files && { files }) });
    }),
  };
};

/** Who asks for the same while somebody is told it is told the same: it is long work. */
const shared = <T>(work: (argument?: number) => Promise<T>) => {
  const underWay = new Map<number | undefined, Promise<T>>();
  return (argument?: number): Promise<T> => {
    const known = underWay.get(argument);
    if (known) return known;
    const begun = work(argument).finally(() => underWay.delete(argument));
    underWay.set(argument, begun);
    return begun;
  };
};

const reasonOf = (cause: unknown): string => {
  if (cause instanceof TankError) return cause.code;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'it failed';
};

const readHead = async (database: Database): Promise<Head> => {
  const [row] = await database.all('SELECT seq, hash FROM audit_head WHERE id = ?', [CHAIN]);
  if (row) return { sequence: number(row.seq), hash: text(row.hash) };
  await insertNew(
    database,
    'audit_head',
    ['id', 'seq', 'hash'],
    [[CHAIN, BEGINNING.sequence, BEGINNING.hash]],
  );
  return BEGINNING;
};

const link = (entries: readonly AuditEntry[], head: Head, at: number): RecordedEntry[] => {
  let last = head;
  return entries.map((entry) => {
    const next = { ...entry, sequence: last.sequence + 1, at };
    const recorded = { ...next, hash: hashOf(next, last.hash) };
    last = recorded;
    return recorded;
  });
};

/** False: another process has written since the head was read. */
const append = async (
  database: Database,
  head: Head,
  entries: readonly RecordedEntry[],
): Promise<boolean> => {
  const last = entries.at(-1) ?? head;
  const result = await database.atomic([
    {
      sql: 'UPDATE audit_head SET seq = ?, hash = ? WHERE id = ? AND seq = ? AND hash = ?',
      values: [last.sequence, last.hash, CHAIN, head.sequence, head.hash],
      expect: 1,
    },
    {
      sql: `INSERT INTO audit_entry (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      rows: entries.map(toValues),
    },
  ]);
  return result.committed;
};

const conditionsOf = (filter: AuditFilter): { where: string; values: readonly SqlValue[] } => {
  const all: [string, SqlValue | undefined][] = [
    ['seq < ?', filter.before],
    ['event = ?', filter.event],
    ['actor = ?', filter.actor],
    ['subject = ?', filter.subject],
    ['at >= ?', filter.from],
    ['at < ?', filter.to],
  ];
  const given = all.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  return {
    where: ['1 = 1', ...given.map(({ sql }) => sql)].join(' AND '),
    values: given.map(({ value }) => value),
  };
};
