import { z } from 'zod';

const id = z.string().regex(/^[0-9a-z-]{1,64}$/);

/** Queue messages hold ids only. `v` lets an older worker leave a newer message alone. */
export const ExpandMessage = z.strictObject({ v: z.literal(1), kind: z.literal('expand'), runId: id });
export const SendMessage = z.strictObject({
  v: z.literal(1),
  kind: z.literal('send'),
  runId: id,
  batchId: id,
});
export const WriteBackMessage = z.strictObject({ v: z.literal(1), kind: z.literal('write-back'), runId: id });

export type ExpandMessage = z.infer<typeof ExpandMessage>;
export type SendMessage = z.infer<typeof SendMessage>;
export type WriteBackMessage = z.infer<typeof WriteBackMessage>;

export const OwnMessage = z.discriminatedUnion('kind', [ExpandMessage, SendMessage, WriteBackMessage]);
