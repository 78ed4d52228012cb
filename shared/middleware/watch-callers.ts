import { callerOf } from '../domain/address-range.ts';
import { attackPatternIn } from '../domain/attack-pattern.ts';
import { type ErrorCode, toTankError } from '../domain/errors.ts';
import type { SignalKind } from '../domain/signal-kind.ts';
import type { Call, ChainPorts, HttpEvent, HttpMiddleware } from './call.ts';

const SIGNAL_OF: Readonly<Partial<Record<ErrorCode, SignalKind>>> = {
  too_many_requests: 'rate_limit_hit',
  forbidden: 'permission_denied',
  client_refused: 'permission_denied',
  client_certificate_required: 'permission_denied',
  csrf_refused: 'attack_pattern',
  unknown_route: 'scan',
};

/** Sees everything that is refused, and addresses that look like a tool's; refuses nothing itself. */
export const watchCallers = (ports: ChainPorts): HttpMiddleware => {
  const note = async (kind: SignalKind, call: Call): Promise<void> =>
    (await ports.signals()).note(kind, callerOf(call.address));
  return {
    before: async ({ event, context: { call } }) => {
      const pattern = attackPatternIn(askedFor(event));
      if (!pattern) return;
      ports.runtime.log.warn('attack_pattern', { requestId: call.requestId, pattern });
      await note('attack_pattern', call);
    },
    onError: async ({ error, context: { call } }) => {
      const kind = SIGNAL_OF[toTankError(error).code];
      if (kind) await note(kind, call);
    },
  };
};

/** Path and query, not the body: definitions hold SQL, templates HTML, and both are meant. */
const askedFor = ({ rawPath = '', rawQueryString = '' }: HttpEvent): string => {
  if (rawQueryString === '' && !rawPath.includes('%')) return rawPath;
  const text = `${rawPath} ${rawQueryString}`.replaceAll('+', ' ');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
