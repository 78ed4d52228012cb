import { type Forecast, forecast } from '../domain/forecast.ts';
import type { SendCounts } from '../domain/run.ts';
import type { BreakerOutlook } from '../ports/breaker.ts';
import type { Run } from '../ports/ledger.ts';
import type { PaceOutlook } from '../ports/pace.ts';
import type { Ports } from '../ports/ports.ts';

/** How things stand with the transport of a live run, and when the run will be through. */
export interface RunOutlook {
  readonly pace: PaceOutlook;
  readonly breaker: BreakerOutlook;
  readonly forecast?: Forecast;
}

export type OutlookPorts = Pick<Ports, 'runtime' | 'ledger' | 'pace' | 'breaker'>;

/** Of fewer mails the measured speed says nothing. */
const MEASURED_FROM = 50;

export const runOutlook = async (ports: OutlookPorts, run: Run, counts: SendCounts): Promise<RunOutlook> => {
  const [pace, breaker] = await Promise.all([paceOf(ports, run), ports.breaker(run.transport)]);
  const open = openIn(counts);
  const perSecond = pace.rate ?? measured(ports, run, counts);
  const load = {
    mails: open + (run.lane === 'bulk' ? await openBefore(ports, run) : 0),
    ...(perSecond === undefined ? {} : { perSecond }),
    ...(pace.quota ? { quota: pace.quota } : {}),
  };
  return {
    pace,
    breaker: await breaker.outlook(),
    ...(open > 0 && run.state !== 'planning' ? { forecast: forecast(load) } : {}),
  };
};

/** A transport that does not say what it allows must not hide the run. */
const paceOf = async (ports: OutlookPorts, { transport }: Run): Promise<PaceOutlook> => {
  try {
    return await (await ports.pace(transport)).outlook();
  } catch {
    return {};
  }
};

const openIn = (counts: SendCounts): number =>
  counts.pending + counts.sending + counts.retry + counts.in_doubt;

/** Batches go in the order of their planning: earlier runs of the same way go first. */
const openBefore = async (ports: OutlookPorts, run: Run): Promise<number> => {
  const ledger = await ports.ledger();
  const before = (await ledger.liveRuns()).filter(
    ({ id, lane, state, transport }) =>
      id < run.id && lane === run.lane && state === 'sending' && transport === run.transport,
  );
  const open = await Promise.all(before.map(async ({ id }) => openIn(await ledger.counts(id))));
  return open.reduce((sum, count) => sum + count, 0);
};

const measured = ({ runtime }: OutlookPorts, run: Run, { sent }: SendCounts): number | undefined => {
  const ms = runtime.clock.now() - run.startedAt;
  return sent >= MEASURED_FROM && ms > 0 ? (sent * 1000) / ms : undefined;
};
