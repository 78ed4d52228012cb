import type { Fate } from '../domain/feedback.ts';
import type { FeedbackKind, FeedbackWindow } from '../domain/pause-policy.ts';

/** What became of a send after it was accepted. */
export interface SendFate {
  readonly sendId: string;
  readonly fate?: Fate;
  readonly resolves: boolean;
  readonly counts?: FeedbackKind;
}

/** To whose reputation a send belongs. */
export interface SendOrigin {
  readonly sendId: string;
  readonly automationId: string;
  readonly identity: string;
  readonly organisation: string;
  readonly addressHash: string;
}

export type ReputationScope =
  | { readonly scope: 'automation' | 'identity'; readonly id: string }
  | { readonly scope: 'account'; readonly id: '*' };

/** What is known of mails after they were accepted, and what that says about the sender. */
export interface Feedback {
  /** The sends that carry these ids of their transport; for events that carry no attempt. */
  sendsOf(messageIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Writes down what is new in these fates, in whatever order they come, each as often as it likes; the known sends among them. */
  record(fates: readonly SendFate[]): Promise<readonly SendOrigin[]>;
  /**
   * The last resolved sends of a scope, by the time of their sending. A send that a pause of this kind has
   * answered for, in whatever scope, is left out: lifting that pause is a person's word that it is settled.
   */
  window(kind: FeedbackKind, scope: ReputationScope): Promise<FeedbackWindow>;
}
