/** What may be an attack. Each is counted, shown on the security page, and told when there are many. */
export const SIGNAL_KINDS = [
  'failed_sign_in',
  'locked_sign_in',
  'rate_limit_hit',
  'permission_denied',
  'attack_pattern',
  'scan',
  'token_reuse',
] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];
