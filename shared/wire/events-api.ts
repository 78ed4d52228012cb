import { z } from 'zod';
import { MEGABYTE, route } from './api.ts';

export const eventsApi = {
  /** SNS says `text/plain` of its JSON, so the operation reads the body itself. */
  takeSnsMessage: route(
    'POST',
    '/api/v1/events/ses',
    'Events of SES, by SNS over HTTPS; the signature is the sign-in',
    {
      permission: 'public',
      limit: 'events',
      reply: z.undefined(),
      status: 204,
    },
  ),
  takeReport: route('POST', '/api/v1/events/dsn', 'A mail out of a bounce mailbox (RFC 3464)', {
    permission: 'events:write',
    /** The mail as it arrived, byte for byte in Latin-1. Its end may be left out: reports come first. */
    body: z.strictObject({
      mail: z
        .string()
        .min(1)
        .max(MEGABYTE / 2),
    }),
    reply: z.strictObject({ recipients: z.int(), taken: z.int() }),
  }),
};
