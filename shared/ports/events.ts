/** What a transport told about a send, as it was taken in; settling it is the ledger's work. */
export interface DeliveryEvent {
  /** Made from (messageId, type, recipient, feedbackId): the same event twice is one event. */
  readonly id: string;
  readonly type: string;
  readonly subtype?: string;
  readonly messageId: string;
  readonly attemptId?: string;
  readonly recipientHash?: string;
  readonly occurredAt: number;
  /** The vendor's notification, encrypted. */
  readonly body: Uint8Array;
}

export interface Events {
  /** Durable when it returns; how many of them were new. */
  add(events: readonly DeliveryEvent[]): Promise<number>;
  /** Oldest first; for the operator and the tests. */
  ofAttempt(attemptId: string): Promise<readonly DeliveryEvent[]>;
  count(): Promise<number>;
}
