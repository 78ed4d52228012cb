import type { NewRun, PlannedSend, SendRecord } from './ledger.ts';

/** The run that takes a client's mails of one day, until its end. */
export type OpenRun = NewRun & { readonly client: string; readonly openUntil: number };

/** Numbers within a run, given out once: those of the sends of one message. */
export interface Place {
  readonly runId: string;
  readonly number: number;
}

export interface NewMessage {
  /** The id of its first send. */
  readonly id: string;
  readonly clientId: string;
  readonly place: Place;
  /** Without their batch, which is made of what comes at the same moment. */
  readonly sends: readonly Omit<PlannedSend, 'batchId'>[];
  /** Encrypted with the data key of the run. */
  readonly content: Uint8Array;
  /** Keyed hash of the whole request. */
  readonly bodyHash: string;
  /** Keyed hash of client and Idempotency-Key. */
  readonly idempotencyHash?: string;
  readonly callback: boolean;
}

export interface StoredMessage {
  readonly id: string;
  readonly clientId: string;
  readonly runId: string;
  readonly sendIds: readonly string[];
  readonly bodyHash: string;
  readonly createdAt: number;
}

export type Accepted =
  | { readonly kind: 'accepted' }
  /** The same Idempotency-Key was used within the last 24 hours. */
  | { readonly kind: 'repeated'; readonly message: StoredMessage }
  /** The run has ended: another place is needed. */
  | { readonly kind: 'closed' };

export interface DueCallback {
  readonly message: StoredMessage;
  readonly tries: number;
}

/** Single mails of clients. Each is a send of the ledger like any other; here lies what it says. */
export interface Messages {
  /** Opens the run when there is none of this client as it is now, sender and day. */
  reserve(run: OpenRun, numbers: number): Promise<Place>;
  /** Durable when it returns. Callers of the same moment share a transaction and a batch. */
  accept(message: NewMessage): Promise<Accepted>;
  /** The message that has used this Idempotency-Key within the last 24 hours. */
  repeated(idempotencyHash: string): Promise<StoredMessage | undefined>;
  find(id: string): Promise<StoredMessage | undefined>;
  /** Undefined: there is no such message, or what it said was forgotten. */
  content(id: string): Promise<Uint8Array | undefined>;
  /** Of messages as old as that, the oldest first; never of one that may still go out, or that a person must settle. */
  forgetContents(olderThanMs: number, limit: number): Promise<number>;
  sends(sendIds: readonly string[]): Promise<readonly SendRecord[]>;
  /** Messages all of whose sends are settled and whose client is still to be told; taken for so long. */
  takeCallbacks(limit: number, leaseMs: number): Promise<readonly DueCallback[]>;
  /** None: it was told, or given up. */
  endCallback(id: string, againAfterMs?: number): Promise<void>;
}
