import type { SnsMessage } from '../domain/sns.ts';

/** What this installation believes of SNS, and what it asks there. */
export interface Sns {
  /** Topics of the settings; no other is ever listened to. */
  isAllowed(topicArn: string): boolean;
  /** Throws notification_refused; web_failed when the certificate cannot be had now. */
  verify(message: SnsMessage): Promise<void>;
  /** By the topic and the token alone, never by the address that the message brings. */
  confirm(topicArn: string, token: string): Promise<void>;
}
