import type { HoldReason } from '../domain/hold-texts.ts';
import {
  type FeedbackKind,
  type FeedbackWindow,
  judgeFeedback,
  PAUSE_RULES,
} from '../domain/pause-policy.ts';
import type { ReputationScope, SendOrigin } from '../ports/feedback.ts';
import type { Ports } from '../ports/ports.ts';

type GuardPorts = Pick<Ports, 'runtime' | 'feedback' | 'ledger' | 'alerts' | 'evidence'>;

export interface Counted {
  readonly kind: FeedbackKind;
  readonly origin: SendOrigin;
}

/**
 * Asks the rule about everyone whose mail came back, the narrowest scope first: what an automation's pause has
 * answered for stops nobody else. Only what was already marked still goes out, for every mark looks for holds.
 */
export const guardReputation = async (ports: GuardPorts, counted: readonly Counted[]): Promise<void> => {
  await resolveSilent(ports, counted);
  for (const kind of new Set(counted.map((one) => one.kind))) {
    const origins = counted.filter((one) => one.kind === kind).map(({ origin }) => origin);
    for (const scope of scopesOf(origins)) await judge(ports, kind, scope);
  }
};

/** Of a transport that only ever tells of failures, the others must count as well, or every rate would be 1. */
const resolveSilent = async (ports: GuardPorts, counted: readonly Counted[]): Promise<void> => {
  const transports = new Set(counted.map(({ origin }) => origin.transport));
  for (const transport of transports)
    if (ports.evidence(transport) !== 'events') await (await ports.feedback()).resolveAccepted(transport);
};

const scopesOf = (origins: readonly SendOrigin[]): readonly ReputationScope[] => [
  ...[...new Set(origins.map(({ automationId }) => automationId))].map(
    (id) => ({ scope: 'automation', id }) as const,
  ),
  ...[...new Set(origins.map(({ identity }) => identity))].map((id) => ({ scope: 'identity', id }) as const),
  { scope: 'account', id: '*' },
];

const judge = async (ports: GuardPorts, kind: FeedbackKind, scope: ReputationScope): Promise<void> => {
  const seen = await (await ports.feedback()).window(kind, scope);
  const judgement = judgeFeedback(kind, seen);
  if (judgement === 'pause') await pause(ports, kind, scope, seen);
  if (judgement === 'warning') await warn(ports, kind, scope, seen);
};

/** Without an end: it is latched until a person lifts it. */
const pause = async (
  ports: GuardPorts,
  kind: FeedbackKind,
  { scope, id }: ReputationScope,
  seen: FeedbackWindow,
): Promise<void> => {
  const reason: HoldReason = PAUSE_RULES[kind].reason;
  const hold = { id: ports.runtime.id(), scope, scopeId: id, reason, author: 'tank' };
  await (await ports.ledger()).hold(hold);
  ports.runtime.log.error('sending_paused', { reason, scope, ...seen });
  await (await ports.alerts()).raise({
    kind: 'sending_paused',
    about: `${scope} ${id}`,
    facts: { reason, ...seen },
  });
};

const warn = async (
  ports: GuardPorts,
  kind: FeedbackKind,
  { scope, id }: ReputationScope,
  seen: FeedbackWindow,
): Promise<void> => {
  const { reason } = PAUSE_RULES[kind];
  ports.runtime.log.warn('reputation_warning', { reason, scope, ...seen });
  await (await ports.alerts()).raise({
    kind: 'reputation_warning',
    about: `${scope} ${id}`,
    facts: { reason, ...seen },
  });
};
