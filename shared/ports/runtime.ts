/** Everything that a use case may not take from the air: time, identity, and the way to tell about itself. */
export interface Clock {
  /** Milliseconds since 1970, as people see them; may jump. */
  now(): number;
  /** Milliseconds that only go forward; for deadlines. */
  monotonic(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured, without personal data: an event name and plain fields. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields, cause?: unknown): void;
  error(event: string, fields?: LogFields, cause?: unknown): void;
}

export interface Runtime {
  readonly clock: Clock;
  readonly log: Log;
  /** A new identifier: 20 characters of [0-9a-z], ordered by time. */
  id(): string;
}
