import type { Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';

/** SES frees its rolling 24-hour quota little by little; one look each quarter of an hour costs nothing. */
const QUOTA_LOOK_AGAIN_MS = 15 * 60_000;

/** A refusal of everything waits for a person; a used-up quota frees itself, for the whole account. */
export const holdAfter = async (
  ports: Ports,
  run: Run,
  kind: 'stopped' | 'quota',
  code: string,
): Promise<void> => {
  const { id, clock, log } = ports.runtime;
  const ledger = await ports.ledger();
  log.error('sending held', { runId: run.id, kind, code });
  const shared = { id: id(), author: 'tank' };
  if (kind === 'quota') {
    await ledger.hold({
      ...shared,
      scope: 'account',
      scopeId: '*',
      reason: 'quota_exhausted',
      until: clock.now() + QUOTA_LOOK_AGAIN_MS,
    });
  } else {
    await ledger.hold({ ...shared, scope: 'run', scopeId: run.id, reason: `transport_stopped:${code}` });
  }
};
