import { z } from 'zod';
import { SNS_TYPES, type SnsMessage } from '../domain/sns.ts';

/** SNS carries 256 KB at most; everything beside the message is short. */
const word = z.string().min(1).max(300);
const long = z.string().max(2_000);

export const SnsMessageBody: z.ZodType<SnsMessage> = z.looseObject({
  Type: z.enum(SNS_TYPES),
  MessageId: z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
  TopicArn: word,
  Message: z.string().max(1024 * 1024),
  Timestamp: word,
  SignatureVersion: word,
  Signature: z.string().regex(/^[A-Za-z0-9+/]{1,2000}={0,2}$/),
  SigningCertURL: long,
  Subject: z.string().max(1_000).optional(),
  Token: z.string().max(1_000).optional(),
  SubscribeURL: long.optional(),
});
