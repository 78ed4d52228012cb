/**
 * What is recorded. An act that is recorded before it happens is refused when that cannot be done; the others
 * go on and somebody hears of it: what protects (a pause, a sign-out) must never wait for the record.
 */
const recordedFirst = { privileged: true } as const;
const goesOn = { privileged: false } as const;

export const AUDIT_EVENTS = {
  'sign-in.done': goesOn,
  'sign-in.refused': goesOn,
  'sign-in.locked': goesOn,
  'sign-in.unlocked': recordedFirst,
  'sign-out': goesOn,
  'session.ended': goesOn,
  'session.confirmed': goesOn,
  'token.refreshed': goesOn,
  'token.reused': goesOn,
  'permission.denied': goesOn,
  'suspicious.seen': goesOn,
  'password.changed': recordedFirst,
  'second-factor.added': recordedFirst,
  'second-factor.removed': recordedFirst,
  'api-token.made': recordedFirst,
  'api-token.revoked': goesOn,
  'account.added': recordedFirst,
  'account.changed': recordedFirst,
  'account.removed': recordedFirst,
  'invitation.made': recordedFirst,
  'invitation.accepted': recordedFirst,
  'invitation.revoked': goesOn,
  'organisation.changed': recordedFirst,
  'run.started': recordedFirst,
  'run.approved': recordedFirst,
  'run.rejected': goesOn,
  'run.paused': goesOn,
  'run.resumed': recordedFirst,
  'run.cancelled': goesOn,
  'run.retried': recordedFirst,
  'send.again': recordedFirst,
  'send.settled': recordedFirst,
  'send.tested': recordedFirst,
  'suppression.changed': recordedFirst,
  'definition.changed': recordedFirst,
  'source.tested': recordedFirst,
  'personal-data.viewed': recordedFirst,
  'personal-data.exported': recordedFirst,
  'secret.used': recordedFirst,
  'secret.rotated': recordedFirst,
  'client.changed': recordedFirst,
  'client.refused': goesOn,
  'certificate.refused': goesOn,
  'certificate.noted': recordedFirst,
  'certificate.revoked': goesOn,
  'configuration.changed': recordedFirst,
  'queue.redriven': recordedFirst,
  'audit.viewed': recordedFirst,
} as const satisfies Record<string, { readonly privileged: boolean }>;

export type AuditEvent = keyof typeof AUDIT_EVENTS;

/** accepted: it was about to happen · done: it has happened · failed: it was accepted and came to nothing · refused. */
export const AUDIT_OUTCOMES = ['accepted', 'done', 'failed', 'refused'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export const isPrivileged = (event: AuditEvent): boolean => AUDIT_EVENTS[event].privileged;

/** What a verification may find. */
export const AUDIT_FAULTS = [
  'edited',
  'missing',
  'reordered',
  'tail_cut',
  'rebuilt',
  'checkpoint_forged',
  'checkpoint_missing',
] as const;
export type AuditFaultKind = (typeof AUDIT_FAULTS)[number];
