import { z } from 'zod';
import { route } from './api.ts';

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
};
