import type { Facts } from '../domain/errors.ts';

/** What somebody must hear of at once. Kinds are stable; monitors and people filter by them. */
export const ALERT_KINDS = [
  'rate_limit_unavailable',
  'failed_sign_ins',
  'rate_limit_hits',
  'attack_signals',
  'audit_unavailable',
  'refresh_token_reused',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export interface Alert {
  readonly kind: AlertKind;
  /** Numbers and ids; never personal data. */
  readonly facts: Facts;
}

/** A way to people that does not depend on the transport that mails leave by. */
export interface Alerts {
  /** Never throws and is not waited for long; of one kind at most one goes out in five minutes. */
  raise(alert: Alert): Promise<void>;
}
