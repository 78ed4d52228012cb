import type { SignalKind } from '../domain/signal-kind.ts';

export interface SignalCount {
  readonly kind: SignalKind;
  readonly hits: number;
  /** Where most of them came from. */
  readonly addresses: readonly { readonly address: string; readonly hits: number }[];
}

export interface Signals {
  /** Never throws, and alerts when a threshold is crossed. */
  note(kind: SignalKind, address: string): Promise<void>;
  since(from: number): Promise<readonly SignalCount[]>;
}
