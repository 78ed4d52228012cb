import type { TransportName } from '../../domain/automation.ts';
import { type PaceControl, rateOf, STEADY, steer } from '../../domain/pace.ts';
import { type Quota, quotaOf } from '../../domain/quota.ts';
import type { Lane } from '../../domain/run.ts';
import type { AtomicResult, Database, Step } from '../../ports/database.ts';
import type { Pace, PaceAnswers, PaceOutlook, Reservation } from '../../ports/pace.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { Dialect } from './dialect.ts';
import { number, text } from './ledger/context.ts';
import { DAY_MS, PIECE_MS, paceSteps, US_PER_MS, USE_SLOT_MS } from './pace-steps.ts';
import { SlotStash } from './slot-stash.ts';

export interface PaceLimits {
  readonly ratePerSecond?: number;
  readonly perDay?: number;
  /** Of the last 24 hours, as the transport counts; a reading is told from the one before it by its identity. */
  readonly reading: { readonly sentLast24Hours?: number };
}

export interface SqlPaceParts {
  readonly database: Database;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly limits: () => Promise<PaceLimits>;
}

interface Row {
  readonly control: PaceControl;
  readonly changes: number;
  readonly now: number;
  readonly accepted: number;
  readonly throttled: number;
  readonly used: number;
  /** Microseconds from now until the lane's next free slot. */
  readonly freeInUs: number;
}

const NOTHING: PaceAnswers = { taken: 0, throttled: 0 };
/** What a process takes at once for its workers, at most. */
const STASH_MS = 125;
/** A limit may be raised meanwhile. */
const ASK_AGAIN_MS = 1_000;
/** With no limit to keep, the store is asked only as long as throttling is fresh. */
const FRESH_MS = 60_000;
/** Other senders may leave off at any time. */
const LOOK_AGAIN_MS = 15 * 60_000;

/**
 * Every reservation moves a shared point in time forward by the slots it takes and may begin where the point
 * stood: no process counts for itself, and nobody's clock but the database's is asked. Urgent mail has a point of
 * its own, so that it never waits for bulk; what it takes is taken from the next slots of bulk.
 */
export const createSqlPace = (parts: SqlPaceParts, transport: TransportName): Pace =>
  new SqlPace(parts, transport);

class SqlPace implements Pace {
  readonly #parts: SqlPaceParts;
  readonly #transport: TransportName;
  readonly #steps: ReturnType<typeof paceSteps>;
  #control = STEADY;
  #reported = NOTHING;
  #reading: PaceLimits['reading'] | undefined;
  #throttledAt = Number.NEGATIVE_INFINITY;
  #made = false;
  readonly #stash = new SlotStash();
  #turns: Promise<unknown> = Promise.resolve();
  #laterUntil = Number.NEGATIVE_INFINITY;

  constructor(parts: SqlPaceParts, transport: TransportName) {
    this.#parts = parts;
    this.#transport = transport;
    this.#steps = paceSteps(parts.dialect, transport);
  }

  async reserve(mails: number, lane: Lane): Promise<Reservation> {
    const limits = await this.#parts.limits();
    if (this.#isUnbound(limits)) {
      this.#reported = NOTHING;
      return { kind: 'granted', mails, waitMs: 0, slotMs: 0 };
    }
    if (lane === 'urgent' || rateOf(this.#control, limits.ratePerSecond) === undefined)
      return this.#reserveInStore(mails, lane, limits);
    const turn = this.#turns.then(() => this.#takeOrRefill(mails, limits));
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  /** One worker after the other: the first finds the stash empty and fills it, the others find it full. */
  async #takeOrRefill(mails: number, limits: PaceLimits): Promise<Reservation> {
    const { clock } = this.#parts;
    const stashed = this.#stash.take(mails, clock.monotonic());
    if (stashed) return stashed;
    // What the store has said to one worker holds for the others of this process.
    const early = this.#laterUntil - clock.monotonic();
    if (early > 0) return { kind: 'later', afterMs: early };
    const rate = rateOf(this.#control, limits.ratePerSecond) ?? 0;
    const atOnce = this.#stash.nextFilling(mails, Math.floor((rate * STASH_MS) / 1000));
    const reserved = await this.#reserveInStore(atOnce, 'bulk', limits);
    if (reserved.kind === 'later')
      this.#laterUntil = clock.monotonic() + Math.min(reserved.afterMs, ASK_AGAIN_MS);
    if (reserved.kind !== 'granted') return reserved;
    this.#stash.put(reserved, clock.monotonic());
    return this.#stash.take(mails, clock.monotonic()) ?? reserved;
  }

  async #reserveInStore(mails: number, lane: Lane, limits: PaceLimits): Promise<Reservation> {
    const rate = rateOf(this.#control, limits.ratePerSecond);
    const piece = rate === undefined ? mails : Math.max(1, Math.floor((rate * PIECE_MS) / 1000));
    const wanted = Math.min(mails, piece);
    const takenUs = rate === undefined ? 0 : Math.round((wanted * 1000 * US_PER_MS) / rate);
    const { row, took } = await this.#write(limits, lane, [this.#steps.take(lane, takenUs)]);
    const quota = quotaFor(limits, row);
    const left = quota ? leftFor(lane, quota) : wanted;
    if (quota && left < 1) return this.#outOfQuota(quota);
    if (!took) return { kind: 'later', afterMs: Math.max(1, row.freeInUs / US_PER_MS - PIECE_MS) };
    const waitMs = Math.max(0, (row.freeInUs - takenUs) / US_PER_MS);
    return {
      kind: 'granted',
      mails: Math.min(wanted, left),
      waitMs,
      slotMs: rate === undefined ? 0 : 1000 / rate,
    };
  }

  report({ taken, throttled }: PaceAnswers): void {
    this.#reported = {
      taken: this.#reported.taken + taken,
      throttled: this.#reported.throttled + throttled,
    };
    if (throttled > 0) this.#throttledAt = this.#parts.clock.monotonic();
  }

  async flush(): Promise<void> {
    if (this.#reported.taken + this.#reported.throttled === 0) return;
    const limits = await this.#parts.limits();
    if (this.#isUnbound(limits)) this.#reported = NOTHING;
    else await this.#write(limits, 'bulk', []);
  }

  async rate(): Promise<number | undefined> {
    return rateOf(this.#control, (await this.#parts.limits()).ratePerSecond);
  }

  async outlook(): Promise<PaceOutlook> {
    const limits = await this.#parts.limits();
    if (this.#isUnbound(limits)) return {};
    const { row } = await this.#write(limits, 'bulk', []);
    const rate = rateOf(this.#control, limits.ratePerSecond);
    const quota = quotaFor(limits, row);
    return {
      ...(rate === undefined ? {} : { rate }),
      ...(limits.ratePerSecond === undefined ? {} : { allowed: limits.ratePerSecond }),
      ...(quota ? { quota } : {}),
    };
  }

  #isUnbound({ ratePerSecond, perDay }: PaceLimits): boolean {
    return (
      ratePerSecond === undefined &&
      perDay === undefined &&
      this.#control.rate === undefined &&
      this.#parts.clock.monotonic() - this.#throttledAt > FRESH_MS
    );
  }

  /** One transaction: what was reported, what is taken, and how everything stands then. */
  async #write(limits: PaceLimits, lane: Lane, taking: readonly Step[]) {
    const reported = this.#reported;
    const reading = limits.reading === this.#reading ? undefined : limits.reading.sentLast24Hours;
    this.#reported = NOTHING;
    const steps = [
      ...(this.#made ? [] : [this.#steps.make()]),
      ...(reported.taken + reported.throttled > 0 ? this.#steps.report(reported) : []),
      ...(reading === undefined ? [] : [this.#steps.read(reading)]),
      ...taking,
      this.#steps.look(lane),
    ];
    const result = await this.#parts.database.atomic(steps).catch((fault: unknown) => {
      this.report(reported);
      throw fault;
    });
    this.#made = true;
    this.#reading = limits.reading;
    const row = toRow(result, limits);
    await this.#steer(row, limits);
    return { row, took: result.committed && result.steps.at(-2)?.changes[0] === 1 };
  }

  /** Whoever sees a window end judges it; of several, one wins. */
  async #steer(row: Row, { ratePerSecond }: PaceLimits): Promise<void> {
    this.#control = row.control;
    const { accepted, throttled, now } = row;
    const next = steer(row.control, { accepted, throttled, endsAt: now }, ratePerSecond);
    if (!next) return;
    const saved = await this.#parts.database.run(
      'UPDATE pace SET control = ?, changes = changes + 1, accepted = 0, throttled = 0 WHERE id = ? AND changes = ?',
      [JSON.stringify(next), this.#transport, row.changes],
    );
    if (saved === 1) this.#control = next;
  }

  /** Tank's own mails of 24 hours ago make room; what others send may do so at any time. */
  async #outOfQuota({ perDay }: Quota): Promise<Reservation> {
    const { database, dialect } = this.#parts;
    const { now } = dialect;
    const rows = await database.all(
      `SELECT (slot + 1) * ${USE_SLOT_MS} + ${DAY_MS} - ${now} AS frees_in, mails FROM pace_use
       WHERE transport = ? AND mails > 0 AND (slot + 1) * ${USE_SLOT_MS} + ${DAY_MS} > ${now} ORDER BY slot`,
      [this.#transport],
    );
    let freed = 0;
    for (const row of rows) {
      freed += number(row.mails);
      if (freed >= perDay * WORTHWHILE) return { kind: 'quota', afterMs: number(row.frees_in) };
    }
    return { kind: 'quota', afterMs: LOOK_AGAIN_MS };
  }
}

/** A hold that ends for a handful of mails would only be laid again. */
const WORTHWHILE = 0.01;

const quotaFor = ({ perDay }: PaceLimits, { used }: Row): Quota | undefined =>
  perDay === undefined ? undefined : quotaOf(perDay, used);

const leftFor = (lane: Lane, quota: Quota): number =>
  lane === 'urgent' ? quota.leftForUrgent : quota.leftForBulk;

const toRow = (result: AtomicResult, { reading }: PaceLimits): Row => {
  const found = result.committed ? result.steps.at(-1)?.rows[0] : undefined;
  if (!found) throw new Error('the row of the pace has gone');
  return {
    control: JSON.parse(text(found.control)) as PaceControl,
    changes: number(found.changes),
    now: number(found.now),
    accepted: number(found.accepted),
    throttled: number(found.throttled),
    used: number(reading.sentLast24Hours === undefined ? found.own : found.told),
    freeInUs: number(found.free_in),
  };
};
