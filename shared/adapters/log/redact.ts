import type { LogFields } from '../../ports/runtime.ts';

const REDACTED = '[redacted]';

/** The last guard, not the first: a field that could be a mail address is never written, whoever let it through. */
export const redact = (fields: LogFields): LogFields => {
  const entries = Object.entries(fields).map(([name, value]) => [name, redactValue(value)] as const);
  return Object.fromEntries(entries);
};

const redactValue = (value: LogFields[string]): LogFields[string] =>
  typeof value === 'string' && /[@＠]/.test(value) ? REDACTED : value;
