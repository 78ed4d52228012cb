import type { TransportName } from '../domain/automation.ts';
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
  readonly transport: TransportName;
  readonly addressHash: string;
}

export type ReputationScope =
  | { readonly scope: 'automation' | 'identity'; readonly id: string }
  | { readonly scope: 'account'; readonly id: '*' };

/** What is known of mails after they were accepted, and what that says about the sender. */
export interface Feedback {
  /** The sends that carry these ids of their transport; for events that carry no attempt. */
  sendsOf(messageIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The known ones among these sends. */
  originsOf(sendIds: readonly string[]): Promise<readonly SendOrigin[]>;
  /** Writes down what is new in these fates, in whatever order they come, each as often as it likes; the known sends among them. */
  record(fates: readonly SendFate[]): Promise<readonly SendOrigin[]>;
  /** What this transport took lately is resolved by that: one that tells nothing later will not say more. */
  resolveAccepted(transport: TransportName): Promise<void>;
  /**
   * The last resolved sends of a scope, by the time of their sending. A send that a pause of this kind has
   * answered for, in whatever scope, is left out: lifting that pause is a person's word that it is settled.
   */
  window(kind: FeedbackKind, scope: ReputationScope): Promise<FeedbackWindow>;
  /**
   * What the switch beyond Tank should be turned to and was not. A pause of the account counts when it has stood for
   * so long; one process is told at a time, and nobody again before the retry.
   */
  switchDue(waits: SwitchWaits): Promise<'on' | 'off' | undefined>;
  rememberSwitch(turned: 'on' | 'off'): Promise<void>;
  /** Whether Tank has turned it off and not on again. */
  isSwitchedOff(): Promise<boolean>;
}

export interface SwitchWaits {
  readonly settledMs: number;
  readonly retryMs: number;
}
