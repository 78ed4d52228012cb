import { MOST_DAYS } from '../../shared/domain/forecast.ts';
import type { HoldReason } from '../../shared/domain/hold-texts.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { runOutlook } from '../../shared/use-cases/run-outlook.ts';

/**
 * A run that is larger than what the 24-hour quota leaves is split over days: it sends what fits, and the quota
 * holds the rest. That is said as soon as the plan is known; a run of more than a week asks a person first.
 */
export const announceQuota = async (ports: Ports, runId: string): Promise<void> => {
  const { id, log } = ports.runtime;
  const ledger = await ports.ledger();
  const run = await ledger.run(runId);
  if (run === undefined || run.finishedAt !== undefined) return;
  const { forecast, pace } = await runOutlook(ports, run, await ledger.counts(runId));
  if (!forecast || forecast.days === 1) return;
  const { days } = forecast;
  log.warn('run larger than the quota', { runId, days, quotaLeft: pace.quota?.leftForBulk });
  if (days <= MOST_DAYS) return;
  const reason: HoldReason = 'quota_too_small';
  await ledger.hold({ id: id(), scope: 'run', scopeId: runId, reason, author: 'tank' });
};
