import type { FeedbackEvent, Meaning } from '../domain/feedback.ts';

/** An event with everything that follows from it, and the send it is about when there is one. */
export interface KnownEvent {
  readonly event: FeedbackEvent;
  readonly meaning: Meaning;
  readonly sendId: string | undefined;
  readonly occurredAt: number;
}
