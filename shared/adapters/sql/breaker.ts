import type { TransportName } from '../../domain/automation.ts';
import { afterAnswer, afterSilence, type BreakerState, CLOSED, waitOf } from '../../domain/breaker.ts';
import type { Breaker, BreakerOutlook } from '../../ports/breaker.ts';
import type { Database } from '../../ports/database.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { Dialect } from './dialect.ts';
import { number, text } from './ledger/context.ts';

/** How long another process's opening may go unnoticed; its hold in the ledger stops the marks meanwhile. */
const LOOK_EVERY_MS = 1_000;

interface Row {
  readonly state: BreakerState;
  readonly changes: number;
  readonly probeInMs: number;
}

const FRESH: Row = { state: CLOSED, changes: 0, probeInMs: 0 };

/** `probeMs`: after so long a probe that was never answered for is given to somebody else. */
export const createSqlBreaker = (
  { database, dialect }: { readonly database: Database; readonly dialect: Dialect },
  clock: Clock,
  transport: TransportName,
  probeMs: number,
): Breaker => {
  const { now } = dialect;
  let known: { readonly row: Row; readonly at: number } | undefined;

  const read = async (): Promise<Row> => {
    const [found] = await database.all(
      `SELECT state, changes, probe_at - ${now} AS probe_in FROM breaker WHERE id = ?`,
      [transport],
    );
    const row = found
      ? {
          state: JSON.parse(text(found.state)) as BreakerState,
          changes: number(found.changes),
          probeInMs: Math.max(0, number(found.probe_in)),
        }
      : FRESH;
    known = { row, at: clock.monotonic() };
    return row;
  };

  const look = async (): Promise<Row> =>
    known && !known.row.state.open && clock.monotonic() - known.at < LOOK_EVERY_MS ? known.row : read();

  /** Compare and set on the number of changes; whoever loses looks again. */
  const change = async (step: (state: BreakerState) => BreakerState): Promise<Row> => {
    await database.run(
      `INSERT INTO breaker (id, state, changes, probe_at) SELECT ?, ?, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM breaker WHERE id = ?)`,
      [transport, JSON.stringify(CLOSED), transport],
    );
    for (;;) {
      const { state, changes } = await read();
      const next = step(state);
      const waits = next.level === state.level && next.open ? 'probe_at' : `${now} + ${waitOf(next)}`;
      const changed = await database.run(
        `UPDATE breaker SET state = ?, changes = changes + 1, probe_at = ${waits} WHERE id = ? AND changes = ?`,
        [JSON.stringify(next), transport, changes],
      );
      if (changed === 1) return read();
    }
  };

  const takeProbe = async ({ changes }: Row): Promise<boolean> =>
    (await database.run(
      `UPDATE breaker SET probe_at = ${now} + ?, changes = changes + 1 WHERE id = ? AND changes = ? AND probe_at <= ${now}`,
      [probeMs, transport, changes],
    )) === 1;

  return {
    isShut: async () => {
      const { state, probeInMs } = await look();
      return state.open && probeInMs > 0;
    },

    permit: async () => {
      const row = await look();
      if (!row.state.open) return { kind: 'free' };
      if (row.probeInMs > 0) return { kind: 'shut', forMs: row.probeInMs };
      return (await takeProbe(row)) ? { kind: 'probe' } : { kind: 'shut', forMs: probeMs };
    },

    answered: async () => {
      const { state } = await look();
      if (state.silent === 0 && state.level === 0) return false;
      await change((found) => afterAnswer(found));
      return state.open;
    },

    silent: async (call) => {
      const { state, probeInMs } = await change((found) => afterSilence(found, call));
      return state.open ? probeInMs : undefined;
    },

    outlook: async (): Promise<BreakerOutlook> => {
      const { state, probeInMs } = await read();
      return { open: state.open, silent: state.silent, probeInMs };
    },
  };
};
