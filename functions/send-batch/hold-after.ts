import type { ErrorCode } from '../../shared/domain/errors.ts';
import type { HoldReason } from '../../shared/domain/hold-texts.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import { holdScopeOf } from '../../shared/domain/settlement.ts';
import type { NewHold } from '../../shared/ports/ledger.ts';
import { type Rolling, stop } from './rolling.ts';

/** SES frees its rolling 24-hour quota little by little; one look each quarter of an hour costs nothing. */
const QUOTA_LOOK_AGAIN_MS = 15 * 60_000;

type Reason = Pick<NewHold, 'scope' | 'scopeId' | 'forMs'> & { readonly reason: HoldReason | ErrorCode };

const hold = async (rolling: Rolling, reason: Reason): Promise<void> => {
  const { ports, ledger, batch, kit } = rolling;
  const { id, log } = ports.runtime;
  stop(rolling);
  kit.halted = true;
  log.error('sending held', { runId: batch.run.id, scope: reason.scope, reason: reason.reason });
  await ledger.hold({ ...reason, id: id(), author: 'tank' });
};

/** A refusal of everything waits for a person; a used-up quota frees itself. */
export const holdForOutcome = async (rolling: Rolling, outcome: Outcome): Promise<void> => {
  const { run } = rolling.batch;
  if (outcome.kind === 'quota') return holdForQuota(rolling, run.transport, QUOTA_LOOK_AGAIN_MS);
  if (outcome.kind !== 'stopped') return;
  const scope = holdScopeOf(outcome.code);
  const ids = { run: run.id, identity: run.fromIdentity, account: run.transport };
  await hold(rolling, { scope, scopeId: ids[scope], reason: `transport_stopped:${outcome.code}` });
};

export const holdForQuota = (rolling: Rolling, scopeId: string, forMs: number): Promise<void> =>
  hold(rolling, { scope: 'account', scopeId, reason: 'quota_exhausted', forMs });

const SILENT = 'transport_silent';

/** When the hold ends, one mail tries whether the transport answers again. */
export const holdForSilence = (rolling: Rolling, forMs: number): Promise<void> =>
  hold(rolling, { scope: 'account', scopeId: rolling.batch.run.transport, reason: SILENT, forMs });

/** It answered before the wait was over. */
export const goOnAfterSilence = async ({ ledger, gate, batch }: Rolling): Promise<void> => {
  gate.reopen();
  const holds = await ledger.holdsOn(batch.run);
  for (const { id } of holds.filter(({ reason }) => reason === SILENT)) await ledger.liftHold(id, 'tank');
};

/** Many refused in a row, across recipients: the fault is not theirs. */
export const holdForRejections = async (rolling: Rolling): Promise<void> => {
  const { kit, batch, ports } = rolling;
  const { stopAfterRejected } = ports.limits;
  if (stopAfterRejected === 0 || kit.rejectedInARow < stopAfterRejected) return;
  kit.rejectedInARow = 0;
  await hold(rolling, { scope: 'run', scopeId: batch.run.id, reason: 'many_rejected' });
};
