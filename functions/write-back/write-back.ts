import { TankError, toTankError } from '../../shared/domain/errors.ts';
import { decodePayload, payloadPlace } from '../../shared/domain/payload.ts';
import { nextTry } from '../../shared/domain/retry.ts';
import type { Cipher } from '../../shared/ports/keys.ts';
import type { Run, WriteBackItem, WriteBackResult } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Source, UpdateOutcome } from '../../shared/ports/source.ts';

const ARRAY_SIZE = 500;
const STOP_BEFORE_END_MS = 10_000;
/** A customer's database may be away for a night; after that a person is told. */
const WAITS_MS = [1, 5, 15, 60, 240, 480].map((minutes) => minutes * 60_000);

/** Tells the source who was mailed: at least once, in array binds. A failing update never makes a mail failed. */
export const writeBack = async (ports: Ports, runId: string, remainingMs: () => number): Promise<void> => {
  const ledger = await ports.ledger();
  const run = await ledger.run(runId);
  const target = run && (await openTarget(ports, run));
  if (!target) return;
  while (remainingMs() > STOP_BEFORE_END_MS) {
    const items = await ledger.writeBacksDue(runId, ARRAY_SIZE);
    if (items.length === 0) return;
    await ledger.recordWriteBacks(await update(ports, target, items));
  }
};

interface Target {
  readonly sql: string;
  readonly key: string;
  readonly source: Source;
  readonly cipher: Cipher;
}

const openTarget = async (ports: Ports, run: Run): Promise<Target | undefined> => {
  const automations = await ports.automations();
  const spec = (await automations.version(run.automationId, run.automationVersion))?.spec;
  if (!spec?.writeBack) return undefined;
  const source = await automations.source(spec.source);
  if (!source) throw new TankError('unknown_source', { source: spec.source });
  const opened = await (await ports.sources()).open(source);
  return {
    sql: spec.writeBack,
    key: spec.recipients.key,
    source: opened,
    cipher: await (await ports.vault()).open(run.id),
  };
};

const update = async (
  ports: Ports,
  { sql, key, source, cipher }: Target,
  items: readonly WriteBackItem[],
): Promise<WriteBackResult[]> => {
  const rows = items.map(
    (item) => decodePayload(cipher.decrypt(payloadPlace(item.sendId), item.payload)).row,
  );
  try {
    const outcomes = await source.update(sql, rows, key);
    return items.map((item, index) =>
      resultOf(item, outcomes[index] ?? { kind: 'failed', code: 'no_answer' }),
    );
  } catch (thrown) {
    const { code } = toTankError(thrown);
    ports.runtime.log.warn('write-back failed', { code, count: items.length }, thrown);
    return items.map((item) => resultOf(item, { kind: 'failed', code }));
  }
};

const resultOf = ({ sendId, tries }: WriteBackItem, outcome: UpdateOutcome): WriteBackResult => {
  if (outcome.kind === 'updated') return { sendId, kind: 'done' };
  const code = outcome.kind === 'missed' ? 'write_back_missed' : 'write_back_failed';
  const next = outcome.kind === 'missed' ? ({ kind: 'failed' } as const) : nextTry(tries + 1, WAITS_MS);
  return next.kind === 'retry'
    ? { sendId, kind: 'again', afterMs: next.afterMs, code }
    : { sendId, kind: 'given-up', code };
};
