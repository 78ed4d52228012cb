import type { Language } from '../../shared/domain/errors.ts';
import {
  FEEDBACK_KINDS,
  type FeedbackKind,
  judgeFeedback,
  PAUSE_RULES,
  wilsonLowerBound,
} from '../../shared/domain/pause-policy.ts';
import type { Principal } from '../../shared/domain/permissions.ts';
import { isWithin } from '../../shared/domain/permissions.ts';
import { HOUR_MS } from '../../shared/domain/schedule/civil.ts';
import type { ReputationScope } from '../../shared/ports/feedback.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { EventPoint } from '../../shared/ports/reports.ts';
import { type ReportQuery, rangeOf, shown } from './reports.ts';

export const reportEvents = async (ports: Ports, query: ReportQuery, language: Language) => {
  const range = rangeOf(ports, query, language);
  const points = await (await ports.reports()).events(range, HOUR_MS);
  const types = summed(points, ({ type, subtype }) => ({ type, ...(subtype ? { subtype } : {}) }));
  const items = summed(points, ({ at, type }) => ({ at: new Date(at).toISOString(), type }));
  return {
    ...shown(range),
    types: types.toSorted((a, b) => b.events - a.events),
    bucketSeconds: HOUR_MS / 1000,
    items,
  };
};

const summed = <K extends object>(
  points: readonly EventPoint[],
  keyOf: (point: EventPoint) => K,
): (K & { events: number })[] => {
  const sums = new Map<string, K & { events: number }>();
  for (const point of points) {
    const key = keyOf(point);
    const name = JSON.stringify(key);
    sums.set(name, { ...key, events: (sums.get(name)?.events ?? 0) + point.events });
  }
  return [...sums.values()];
};

/** The account, and each sender and automation that the caller can see. */
export const reportReputation = async (ports: Ports, { organisations }: Principal) => {
  const automations = (await (await ports.automations()).list()).filter(({ spec }) =>
    isWithin(organisations, spec.organisation),
  );
  const senders = [...new Set(automations.map(({ spec }) => spec.mail.from))];
  const scopes: { readonly scope: ReputationScope; readonly name: string }[] = [
    { scope: { scope: 'account', id: '*' }, name: 'account' },
    ...senders.map((from) => ({ scope: { scope: 'identity', id: from } as const, name: from })),
    ...automations.map(({ id, spec }) => ({ scope: { scope: 'automation', id } as const, name: spec.name })),
  ];
  const items = scopes.flatMap(({ scope, name }) =>
    FEEDBACK_KINDS.map((kind) => standing(ports, scope, name, kind)),
  );
  return { items: await Promise.all(items) };
};

const standing = async (ports: Ports, scope: ReputationScope, name: string, kind: FeedbackKind) => {
  const seen = await (await ports.feedback()).window(kind, scope);
  return {
    scope: scope.scope,
    id: scope.id,
    name,
    kind,
    ...seen,
    lowerBound: wilsonLowerBound(seen),
    threshold: PAUSE_RULES[kind].threshold,
    judgement: judgeFeedback(kind, seen),
  };
};
