import { type AuditEvent, isPrivileged } from '../domain/audit-event.ts';
import { type Facts, toTankError } from '../domain/errors.ts';
import type { AuditEntry } from '../ports/audit.ts';
import { type Call, type ChainPorts, type HttpMiddleware, routeOf } from './call.ts';

/**
 * What a route names is recorded once it is allowed and before it happens, so that nothing privileged happens
 * without its record; what comes to nothing gets a second entry.
 */
export const recordActs = (ports: ChainPorts): HttpMiddleware => ({
  before: async ({ context: { call } }) => {
    const event = eventOf(call);
    if (!event) return;
    const entry = entryOf(call, event);
    try {
      await (await ports.audit()).write(entry);
      call.recorded = entry;
    } catch (thrown) {
      await complain(ports, call, thrown);
      if (isPrivileged(event)) throw thrown;
    }
  },
  onError: async ({ error, context: { call } }) => {
    const { code } = toTankError(error);
    if (call.recorded)
      await writeIfPossible(ports, call, { ...call.recorded, outcome: 'failed', facts: { code } });
    if (code === 'forbidden' && call.principal) {
      const facts = { operation: call.match?.operation ?? '' };
      await writeIfPossible(ports, call, {
        ...entryOf(call, 'permission.denied'),
        outcome: 'refused',
        facts,
      });
    }
  },
});

const eventOf = (call: Call): AuditEvent | undefined => {
  const { audit } = routeOf(call).route;
  if (typeof audit !== 'object') return audit;
  return textAt(call.input?.query, audit.ifAsked) === undefined ? undefined : audit.event;
};

const entryOf = (call: Call, event: AuditEvent): AuditEntry => {
  const subject = textAt(call.input?.params, 'id');
  return {
    event,
    outcome: 'accepted',
    actor: call.principal?.id ?? 'nobody',
    address: call.address,
    requestId: call.requestId,
    ...(subject && { subject }),
    facts: reasonOf(call),
  };
};

/** Why somebody did it, where he was asked. */
const reasonOf = ({ input }: Call): Facts => {
  const reason = textAt(input?.body, 'reason') ?? textAt(input?.query, 'reason');
  return reason ? { reason } : {};
};

const textAt = (values: unknown, name: string): string | undefined => {
  const value = typeof values === 'object' && values !== null ? Reflect.get(values, name) : undefined;
  return typeof value === 'string' ? value : undefined;
};

export const writeIfPossible = async (ports: ChainPorts, call: Call, entry: AuditEntry): Promise<void> => {
  try {
    await (await ports.audit()).write(entry);
  } catch (thrown) {
    await complain(ports, call, thrown);
  }
};

const complain = async (
  { runtime, alerts }: ChainPorts,
  { requestId }: Call,
  thrown: unknown,
): Promise<void> => {
  runtime.log.error('audit_unavailable', { requestId }, thrown);
  await (await alerts()).raise({ kind: 'audit_unavailable', about: 'audit' });
};
