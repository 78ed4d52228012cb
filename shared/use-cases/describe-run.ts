import type { z } from 'zod';
import { planMark } from '../domain/approval.ts';
import { describeError, type Language } from '../domain/errors.ts';
import { describeHoldReason } from '../domain/hold-texts.ts';
import { describeMend } from '../domain/mends.ts';
import { runTotals } from '../domain/run.ts';
import type { Hold, Run } from '../ports/ledger.ts';
import type { RunReply } from '../wire/replies.ts';
import { type OutlookPorts, type RunOutlook, runOutlook } from './run-outlook.ts';

/** A run as people and programs see it: its totals, and `paused` while something holds it back. */
export const describeRun = async (
  ports: OutlookPorts,
  run: Run,
  language: Language,
): Promise<z.input<typeof RunReply>> => {
  const ledger = await ports.ledger();
  const live = run.finishedAt === undefined;
  const [counts, holds] = await Promise.all([ledger.counts(run.id), live ? ledger.holdsOn(run) : []]);
  const doubtsUntil = counts.in_doubt > 0 ? await ledger.doubtsUntil(run.id) : undefined;
  return {
    run: run.id,
    automation: run.automationName,
    automationVersion: run.automationVersion,
    businessDate: run.businessDate,
    state: holds.length > 0 ? 'paused' : run.state,
    ...runTotals(run.targets, counts),
    startedBy: run.startedBy,
    startedAt: new Date(run.startedAt).toISOString(),
    ...(run.finishedAt === undefined ? {} : { finishedAt: new Date(run.finishedAt).toISOString() }),
    holds: holds.map((hold) => describeHold(hold, language)),
    ...(doubtsUntil === undefined ? {} : { doubtsUntil: toTime(doubtsUntil) }),
    ...(live ? describeOutlook(ports, run, await runOutlook(ports, run, counts)) : {}),
    ...(run.state === 'awaiting_approval' ? { approval: describePlan(run, counts.pending) } : {}),
    ...(run.canary && live ? { canary: run.canary } : {}),
    ...(run.again ? { again: { send: run.again.sendId, reason: run.again.reason } } : {}),
    ...(run.error ? { error: describeRunError(run.error, language) } : {}),
  };
};

const toTime = (at: number): string => new Date(at).toISOString();

const describeOutlook = ({ runtime }: OutlookPorts, run: Run, outlook: RunOutlook) => {
  const { pace, breaker, forecast } = outlook;
  const now = runtime.clock.now();
  return {
    transport: {
      name: run.transport,
      ...(pace.rate === undefined ? {} : { perSecond: pace.rate }),
      ...(pace.allowed === undefined ? {} : { allowedPerSecond: pace.allowed }),
      ...(pace.quota ? { quotaPerDay: pace.quota.perDay, quotaLeft: pace.quota.leftForBulk } : {}),
      ...(breaker.silent > 0 ? { silentCalls: breaker.silent } : {}),
      ...(breaker.open ? { nextProbeAt: toTime(now + breaker.probeInMs) } : {}),
    },
    ...(forecast
      ? {
          forecast: {
            days: forecast.days,
            ...(forecast.finishesInMs === undefined
              ? {}
              : { finishesAt: toTime(now + forecast.finishesInMs) }),
          },
        }
      : {}),
  };
};

const describePlan = (run: Run, mails: number) => ({ plan: planMark({ ...run, mails }), mails });

const describeRunError = ({ code, facts }: NonNullable<Run['error']>, language: Language) => {
  const mend = describeMend(code, facts, language);
  return { code, detail: describeError(code, facts, language), ...(mend === undefined ? {} : { mend }) };
};

export const describeHold = (hold: Hold, language: Language) => ({
  id: hold.id,
  scope: hold.scope,
  reason: hold.reason,
  ...describeHoldReason(hold.reason, hold.facts ?? {}, language),
  author: hold.author,
  since: new Date(hold.createdAt).toISOString(),
  ...(hold.until === undefined ? {} : { until: new Date(hold.until).toISOString() }),
});
