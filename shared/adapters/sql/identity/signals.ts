import { SIGNAL_KINDS, type SignalKind } from '../../../domain/signal-kind.ts';
import type { AlertKind, Alerts } from '../../../ports/alerts.ts';
import type { Database } from '../../../ports/database.ts';
import type { Runtime } from '../../../ports/runtime.ts';
import type { SignalCount, Signals } from '../../../ports/signals.ts';
import { number, text } from '../ledger/context.ts';
import { coalesced } from './coalesced.ts';
import { nowAndThen } from './now-and-then.ts';

const BUCKET_MS = 5 * 60_000;
const SWEEP_MS = 60 * 60_000;
const KEPT_MS = 30 * 24 * 3_600_000;
const TOGETHER = 500;
/** Addresses of one process and bucket that are told apart; a flood from everywhere must not fill the store. */
const TOLD_APART = 1_000;
const EVERYWHERE = '*';

/** E14: so many within five minutes are told. */
const THRESHOLDS: Readonly<Record<'sign-ins' | 'limits' | 'attacks', readonly [AlertKind, number]>> = {
  'sign-ins': ['failed_sign_ins', 10],
  limits: ['rate_limit_hits', 100],
  attacks: ['attack_signals', 5],
};
type Group = keyof typeof THRESHOLDS;

const GROUP_OF: Readonly<Record<SignalKind, Group | undefined>> = {
  failed_sign_in: 'sign-ins',
  locked_sign_in: 'attacks',
  rate_limit_hit: 'limits',
  permission_denied: undefined,
  attack_pattern: 'attacks',
  scan: 'attacks',
  token_reuse: 'attacks',
};

const COUNT = `INSERT INTO signal (id, kind, bucket, address, hits) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET hits = signal.hits + excluded.hits RETURNING hits`;

interface Note {
  readonly kind: SignalKind;
  readonly address: string;
}

export const createSqlSignals = (
  database: Database,
  { clock, log }: Pick<Runtime, 'clock' | 'log'>,
  alerts: () => Promise<Alerts>,
): Signals => {
  const sweep = nowAndThen(clock, SWEEP_MS, () =>
    database.run('DELETE FROM signal WHERE bucket < ?', [(clock.now() - KEPT_MS) / BUCKET_MS]),
  );
  const addressOf = addressesOfBucket();

  const count = coalesced<Note, void>(async (notes) => {
    const bucket = Math.floor(clock.now() / BUCKET_MS);
    const rows = sumUp(notes.map(({ kind, address }) => ({ kind, address: addressOf(bucket, address) })));
    const result = await database.atomic(
      rows.map(({ kind, address, hits }) => ({
        sql: COUNT,
        values: [`${bucket}|${kind}|${address}`, kind, bucket, address, hits],
      })),
    );
    const crossed = rows.filter(({ kind, hits }, index) => {
      const total = result.committed ? number(result.steps[index]?.rows[0]?.hits) : 0;
      const [, threshold] = THRESHOLDS[kind as Group] ?? [];
      return threshold !== undefined && total >= threshold && total - hits < threshold;
    });
    for (const { kind } of crossed) {
      const [alert, threshold] = THRESHOLDS[kind as Group];
      await (await alerts()).raise({
        kind: alert,
        facts: { atLeast: threshold, minutes: BUCKET_MS / 60_000 },
      });
    }
    return notes.map(() => undefined);
  }, TOGETHER);

  return {
    note: async (kind, address) => {
      sweep();
      try {
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

/** Rows of the signals, and of the groups whose totals have thresholds; ordered, so that no two writers wait crosswise. */
const sumUp = (notes: readonly Note[]) => {
  const sums = new Map<string, { kind: string; address: string; hits: number }>();
  const add = (kind: string, address: string): void => {
    const key = `${kind}|${address}`;
    const sum = sums.get(key) ?? { kind, address, hits: 0 };
    sum.hits += 1;
    sums.set(key, sum);
  };
  for (const { kind, address } of notes) {
    add(kind, address);
    const group = GROUP_OF[kind];
    if (group) add(group, EVERYWHERE);
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
