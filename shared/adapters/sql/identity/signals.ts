import type { AlertKind } from '../../../domain/alerts.ts';
import { SIGNAL_KINDS, type SignalKind } from '../../../domain/signal-kind.ts';
import type { Alerts } from '../../../ports/alerts.ts';
import type { Audit } from '../../../ports/audit.ts';
import type { Database } from '../../../ports/database.ts';
import type { Runtime } from '../../../ports/runtime.ts';
import type { SignalCount, Signals } from '../../../ports/signals.ts';
import { coalesced } from '../coalesced.ts';
import type { Dialect } from '../dialect.ts';
import { number, text } from '../ledger/context.ts';
import { nowAndThen } from './now-and-then.ts';

const BUCKET_MS = 5 * 60_000;
const SWEEP_MS = 60 * 60_000;
const KEPT_MS = 30 * 24 * 3_600_000;
const TOGETHER = 500;
/** Addresses of one process and bucket that are told apart; a flood from everywhere must not fill the store. */
const TOLD_APART = 1_000;
const EVERYWHERE = '*';

/** Whom the alerts count it for; what is not here is shown, and tells nobody. */
const ALERT_OF: Readonly<Partial<Record<SignalKind, AlertKind>>> = {
  failed_sign_in: 'failed_logins',
  rate_limit_hit: 'rate_limit_hits',
  locked_sign_in: 'attack_signals',
  attack_pattern: 'attack_signals',
  scan: 'attack_signals',
  token_reuse: 'attack_signals',
};

const countSql = (dialect: Dialect): string =>
  dialect.upsert({
    table: 'signal',
    key: ['id'],
    keep: ['kind', 'bucket', 'address'],
    replace: [],
    combine: (was, given) => ({ hits: `${was}.hits + ${given}.hits` }),
    select: 'SELECT ? AS id, ? AS kind, ? AS bucket, ? AS address, ? AS hits WHERE 1 = 1',
  });

interface Note {
  readonly kind: SignalKind;
  readonly address: string;
}

/** Who hears of it when there are many. */
interface Listeners {
  readonly alerts: () => Promise<Alerts>;
  readonly audit: () => Promise<Pick<Audit, 'write'>>;
}

export const createSqlSignals = (
  database: Database,
  dialect: Dialect,
  { clock, log, id }: Runtime,
  { alerts, audit }: Listeners,
): Signals => {
  const sweep = nowAndThen(clock, SWEEP_MS, () =>
    database.run('DELETE FROM signal WHERE bucket < ?', [(clock.now() - KEPT_MS) / BUCKET_MS]),
  );
  const addressOf = addressesOfBucket();
  const sql = countSql(dialect);

  const count = coalesced<Note, void>(async (notes) => {
    const bucket = Math.floor(clock.now() / BUCKET_MS);
    const rows = sumUp(notes.map(({ kind, address }) => ({ kind, address: addressOf(bucket, address) })));
    const values = rows.map(({ kind, address, hits }) => [
      `${bucket}|${kind}|${address}`,
      kind,
      bucket,
      address,
      hits,
    ]);
    await database.atomic([{ sql, rows: values, fleeting: true }]);
    return notes.map(() => undefined);
  }, TOGETHER);

  /** Once for each alert, not for each signal: nobody may fill the record by knocking. */
  const recordSuspicion = async (alert: AlertKind, address: string): Promise<void> => {
    const act = { event: 'suspicious.seen', outcome: 'done', actor: 'nobody' } as const;
    await (await audit()).write({ ...act, address, requestId: id(), facts: { alert } });
  };

  return {
    note: async (kind, address) => {
      sweep();
      try {
        const alert = ALERT_OF[kind];
        if (alert && (await (await alerts()).signal(alert, address)) === 'many')
          await recordSuspicion(alert, address);
        await count({ kind, address });
      } catch (thrown) {
        log.error('signal_not_counted', { kind }, thrown);
      }
    },

    since: async (from) => {
      const sql = `SELECT kind, address, SUM(hits) AS hits FROM signal WHERE bucket >= ? GROUP BY kind, address ORDER BY SUM(hits) DESC`;
      const rows = await database.all(sql, [Math.floor(from / BUCKET_MS)]);
      const found = rows.map((row) => ({
        kind: text(row.kind),
        address: text(row.address),
        hits: number(row.hits),
      }));
      return SIGNAL_KINDS.map((kind) => toCount(kind, found));
    },
  };
};

const TOP = 20;

const toCount = (
  kind: SignalKind,
  rows: readonly { readonly kind: string; readonly address: string; readonly hits: number }[],
): SignalCount => {
  const own = rows.filter((row) => row.kind === kind);
  return {
    kind,
    hits: own.reduce((sum, { hits }) => sum + hits, 0),
    addresses: own
      .filter(({ address }) => address !== EVERYWHERE)
      .slice(0, TOP)
      .map(({ address, hits }) => ({ address, hits })),
  };
};

/** In one order, so that no two writers wait crosswise. */
const sumUp = (notes: readonly Note[]) => {
  const sums = new Map<string, Note & { hits: number }>();
  for (const note of notes) {
    const key = `${note.kind}|${note.address}`;
    const sum = sums.get(key) ?? { ...note, hits: 0 };
    sum.hits += 1;
    sums.set(key, sum);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
};

const addressesOfBucket = () => {
  let current = 0;
  let seen = new Set<string>();
  return (bucket: number, address: string): string => {
    if (bucket !== current) seen = new Set();
    current = bucket;
    if (!seen.has(address) && seen.size >= TOLD_APART) return EVERYWHERE;
    seen.add(address);
    return address;
  };
};
