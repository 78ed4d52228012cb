import type { AuditEvent, AuditOutcome } from '../../shared/domain/audit-event.ts';
import type { Facts } from '../../shared/domain/errors.ts';
import type { AuthPorts, Caller } from './auth-ports.ts';

interface Act {
  readonly event: AuditEvent;
  readonly outcome: AuditOutcome;
  readonly actor: string;
  readonly subject?: string;
  readonly facts?: Facts;
}

/** For acts that nobody may be kept from by a record that cannot be written: it is tried, and told when it fails. */
export const record = async (ports: AuthPorts, { address, requestId }: Caller, act: Act): Promise<void> => {
  try {
    await (await ports.audit()).write({ facts: {}, ...act, address, requestId });
  } catch (thrown) {
    ports.runtime.log.error('audit_unavailable', { requestId, event: act.event }, thrown);
    await (await ports.alerts()).raise({ kind: 'audit_unavailable', about: 'audit' });
  }
};
