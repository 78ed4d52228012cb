import { PAUSE_REASONS } from '../domain/pause-policy.ts';
import type { Hold } from '../ports/ledger.ts';
import type { Ports } from '../ports/ports.ts';
import type { SendingSwitch } from '../ports/sending-switch.ts';

type MirrorPorts = Pick<Ports, 'runtime' | 'limits' | 'ledger' | 'feedback' | 'alerts' | 'sendingSwitch'>;

const RETRY_MS = 60_000;

/**
 * A pause of the whole account is told beyond Tank, once the mails that were marked before it have left: SES would
 * refuse these, and that would be a second stop. The own stop has not waited for this.
 */
export const mirrorPause = async (ports: MirrorPorts): Promise<void> => {
  const beyond = await ports.sendingSwitch();
  if (!beyond) return;
  const waits = { settledMs: ports.limits.callTimeoutMs, retryMs: RETRY_MS };
  const due = await (await ports.feedback()).switchDue(waits);
  if (due) await turn(ports, beyond, due);
};

/** Before the last pause of the account is lifted: the mails that go out then must not be refused. */
export const mirrorLifting = async (ports: MirrorPorts, lifted: readonly Hold[]): Promise<void> => {
  if (!lifted.some(isPauseOfAccount)) return;
  const beyond = await ports.sendingSwitch();
  if (!beyond || !(await (await ports.feedback()).isSwitchedOff())) return;
  const standing = (await (await ports.ledger()).holdsOf('account', '*')).filter(isPauseOfAccount);
  if (standing.every(({ id }) => lifted.some((one) => one.id === id))) await turn(ports, beyond, 'on');
};

const isPauseOfAccount = ({ scope, author, reason }: Hold): boolean =>
  scope === 'account' && author === 'tank' && PAUSE_REASONS.some((known) => known === reason);

const turn = async (ports: MirrorPorts, beyond: SendingSwitch, to: 'on' | 'off'): Promise<void> => {
  const { log } = ports.runtime;
  try {
    await beyond.turn(to);
    await (await ports.feedback()).rememberSwitch(to);
    log.warn('sending_switched', { to });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.name : 'unknown';
    log.error('sending_not_switched', { to, reason }, cause);
    await (await ports.alerts()).raise({ kind: 'pause_not_mirrored', about: to, facts: { reason } });
  }
};
