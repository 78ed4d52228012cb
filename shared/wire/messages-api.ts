import { z } from 'zod';
import { DELIVERY_STATES, SEND_STATES } from '../domain/send-states.ts';
import { route } from './api.ts';
import { MESSAGE_LIMIT } from './clients-api.ts';
import { FaultReply } from './replies.ts';
import { line, text } from './text.ts';

const MAX_RECIPIENTS = 50;
const MAX_ATTACHMENTS = 50;
const MAX_HEADERS = 20;

const Address = z.string().min(3).max(254);

/** One look at each letter: a pattern over groups of four would need a stack as deep as the file is long. */
const Base64 = z
  .string()
  .refine(
    (value) => value.length % 4 === 0 && !/[^A-Za-z0-9+/=]|=[^=]/.test(value),
    'Give base64 with padding.',
  );

const Attachment = z.strictObject({
  fileName: line(1, 200),
  contentType: z
    .string()
    .max(100)
    .regex(/^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/i)
    .default('application/octet-stream'),
  content: Base64,
});

const HeaderName = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,75}$/);

/** The mail in parts; whoever has a finished one sends it as message/rfc822. */
export const MessageBody = z
  .strictObject({
    from: line(3, 320),
    to: z.union([Address, z.array(Address).min(1).max(MAX_RECIPIENTS)]),
    replyTo: line(3, 320).optional(),
    subject: line(1, 500),
    text: text(1, 10_000_000).optional(),
    html: text(1, 10_000_000).optional(),
    attachments: z.array(Attachment).max(MAX_ATTACHMENTS).default([]),
    headers: z
      .record(HeaderName, line(1, 900))
      .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, `At most ${MAX_HEADERS}.`)
      .default({}),
  })
  .refine((message) => message.text !== undefined || message.html !== undefined, {
    path: ['text'],
    message: 'Give text, html or both.',
  });
export type MessageBody = z.output<typeof MessageBody>;

const MessageHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'Printable ASCII without blanks, at most 200.')
    .optional(),
});

const AcceptedReply = z.strictObject({
  message: z.string(),
  /** To each goes a mail of its own. */
  recipients: z.int(),
  /** Header fields of a message/rfc822 that do not travel on. */
  removed: z.array(z.string()),
});

const time = z.iso.datetime();

const MessageReply = z.strictObject({
  message: z.string(),
  createdAt: time,
  /** None of its mails will change its state by itself any more. */
  settled: z.boolean(),
  recipients: z.array(
    z.strictObject({
      send: z.string(),
      address: z.string(),
      state: z.enum(SEND_STATES),
      delivery: z.enum(DELIVERY_STATES),
      attempts: z.int(),
      messageId: z.string().optional(),
      settledAt: time.optional(),
      fault: FaultReply.omit({ mend: true }).optional(),
    }),
  ),
});

export const messagesApi = {
  acceptMessage: route(
    'POST',
    '/api/v1/messages',
    'Send one mail; 202 only when it is durable, the same Idempotency-Key within 24 hours is the same mail',
    {
      permission: 'client',
      limit: 'gateway',
      headers: MessageHeaders,
      body: MessageBody,
      rawBody: 'message/rfc822',
      reply: AcceptedReply,
      status: 202,
      bodyLimit: MESSAGE_LIMIT,
    },
  ),
  getMessage: route('GET', '/api/v1/messages/{id}', 'What became of a mail that this client sent', {
    permission: 'client',
    limit: 'gateway',
    params: z.strictObject({ id: z.string().regex(/^[0-9a-z-]{1,64}$/) }),
    reply: MessageReply,
  }),
};
