import type { FaultMessage } from './faults.ts';
import type { SqliteHost } from './host.ts';

export interface Call {
  readonly id: number;
  readonly verb: keyof SqliteHost;
  readonly args: readonly unknown[];
}

/** Number 0 answers the opening of the file. */
export type Answer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly fault: FaultMessage }
);
