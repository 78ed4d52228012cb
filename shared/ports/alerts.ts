import type { AlertKind } from '../domain/alerts.ts';

export interface Alert {
  readonly kind: AlertKind;
  /** What it is about: with the kind, what makes two alerts the same. Never a person's data. */
  readonly about: string;
  readonly facts?: Readonly<Record<string, string | number>>;
}

/** many: this one made it an alert, and people were told. */
export type SignalVerdict = 'few' | 'many';

/** Tells people. The same alert again within its quiet time is not repeated. */
export interface Alerts {
  /** Never throws: what cannot be told is logged. */
  raise(alert: Alert): Promise<void>;
  /** One of many that only together are an alert: failed sign-ins, refused requests, signs of an attack. Never throws. */
  signal(kind: AlertKind, about: string): Promise<SignalVerdict>;
}

/** A way to people. Throws when it is blocked. */
export interface AlertChannel {
  readonly name: string;
  tell(message: AlertMessage): Promise<void>;
}

export interface AlertMessage {
  readonly subject: string;
  readonly text: string;
}

/** What all processes together remember of alerts. */
export interface AlertMemory {
  /** True for the first within the quiet time. */
  mayRaise(key: string, quietMs: number): Promise<boolean>;
  /** Counts one more in the current window; the number so far. */
  count(key: string, windowMs: number): Promise<number>;
}
