import type { AUDIT_EVENTS, AuditEvent, AuditOutcome } from '../../shared/domain/audit-event.ts';
import type { Facts } from '../../shared/domain/errors.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';

/** The compiler knows which of the two ways of recording an event takes. */
type EventThat<P extends boolean> = {
  [E in AuditEvent]: (typeof AUDIT_EVENTS)[E]['privileged'] extends P ? E : never;
}[AuditEvent];

interface Act<E extends AuditEvent> {
  readonly event: E;
  readonly actor: string;
  readonly subject?: string;
  readonly facts?: Facts;
}

/** Before a privileged act: throws audit_unavailable, and the act must not happen then. */
export const recordFirst = async (
  ports: AuthPorts,
  { address, requestId }: Caller,
  act: Act<EventThat<true>>,
): Promise<void> => {
  await (await ports.audit()).write({ facts: {}, ...act, outcome: 'accepted', address, requestId });
};

/** For acts that nobody may be kept from by a record that cannot be written: it is tried, and told when it fails. */
export const record = async (
  ports: AuthPorts,
  { address, requestId }: Caller,
  act: Act<EventThat<false>> & { readonly outcome: AuditOutcome },
): Promise<void> => {
  try {
    await (await ports.audit()).write({ facts: {}, ...act, address, requestId });
  } catch (thrown) {
    ports.runtime.log.error('audit_unavailable', { requestId, event: act.event }, thrown);
    await (await ports.alerts()).raise({ kind: 'audit_unavailable', about: 'audit' });
  }
};

/** A session that nobody signed out of. */
export const recordEnd = (
  ports: AuthPorts,
  caller: Caller,
  { accountId, id, reason }: { readonly accountId: string; readonly id: string; readonly reason: string },
): Promise<void> =>
  record(ports, caller, {
    event: 'session.ended',
    outcome: 'done',
    actor: accountId,
    subject: id,
    facts: { reason },
  });
