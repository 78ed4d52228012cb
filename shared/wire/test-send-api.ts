import { z } from 'zod';
import { route } from './api.ts';
import { businessDate, preview, RowNumber } from './automations-api.ts';

const TestSendReply = z.strictObject({
  automation: z.string(),
  version: z.int(),
  row: z.int(),
  to: z.string(),
  subject: z.string(),
  transport: z.string(),
  messageId: z.string(),
});

/** What the function `test-send` answers. */
export const testSendApi = {
  testSend: route(
    'POST',
    '/api/v1/automations/{id}/test-send',
    'Send the mail of the n-th recipient to an address of your own, marked [TEST]; nobody is remembered as mailed',
    {
      audit: 'send.tested',
      ...preview,
      body: z.strictObject({ to: z.string().min(3).max(320), row: RowNumber.default(1), businessDate }),
      reply: TestSendReply,
    },
  ),
};
