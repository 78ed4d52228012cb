import { TankError } from '../domain/errors.ts';
import { assessRisk, type RiskAct } from '../domain/session-risk.ts';
import type { Session } from '../ports/sessions.ts';
import { type Call, type ChainPorts, type HttpEvent, routeOf } from './call.ts';
import { writeIfPossible } from './record-acts.ts';

/** How exactly the last use of a session is known; a write at each request would cost more than it tells. */
const SEEN_EVERY_MS = 15_000;

/** Whether a session may still be used, from here and with this browser. */
export const checkSession = async (
  session: Session,
  call: Call,
  event: HttpEvent,
  ports: ChainPorts,
): Promise<void> => {
  const { runtime, access } = ports;
  const now = runtime.clock.now();
  const idleMs = session.kind === 'browser' ? access.sessions.idleMs : access.sessions.refreshMs;
  if (now >= session.endsAt || now - session.seenAt > idleMs) throw new TankError('unauthenticated');
  // A provider vouched for somebody who has a second factor here, which is still to come.
  if (session.confirmedAt === 0 && !routeOf(call).route.duringSetup)
    throw new TankError('second_factor_required');
  const risk = assessRisk(
    { ...session, idleMs },
    { address: call.address, agent: event.requestContext?.http?.userAgent ?? '', now },
  );
  if (risk.act !== 'none') await act(risk.act, session, call, ports);
  if (session.kind === 'browser' && now - session.seenAt > SEEN_EVERY_MS)
    await (await ports.sessions()).seen(session.id, now);
};

const act = async (what: RiskAct, session: Session, call: Call, ports: ChainPorts): Promise<void> => {
  const { route } = routeOf(call);
  if (what === 'end') {
    await end(session, call, ports);
    throw new TankError('unauthenticated');
  }
  if (route.duringSetup) return;
  if (what === 'second_factor') throw new TankError('second_factor_required');
  if (what === 'sign_in_again' || route.sensitive) throw new TankError('sign_in_again');
};

/** Whether or not it can be recorded: a session that somebody may have stolen must not live on for that. */
const end = async (session: Session, call: Call, ports: ChainPorts): Promise<void> => {
  const { runtime } = ports;
  const { id, accountId } = session;
  if (!(await (await ports.sessions()).end(id, accountId, 'risk', runtime.clock.now()))) return;
  runtime.log.warn('session_ended', { requestId: call.requestId, session: id, reason: 'risk' });
  await writeIfPossible(ports, call, {
    event: 'session.ended',
    outcome: 'done',
    actor: accountId,
    subject: id,
    address: call.address,
    requestId: call.requestId,
    facts: { reason: 'risk' },
  });
};
