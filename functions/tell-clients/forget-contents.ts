import type { Ports } from '../../shared/ports/ports.ts';

/** So many at a time keep the store free for others; the next turn comes in seconds. */
const AT_ONCE = 200;

/** Texts and attachments of mails that are long settled. That they were sent, and to whom, stays in the ledger. */
export const forgetContents = async ({
  messages,
  limits,
}: Pick<Ports, 'messages' | 'limits'>): Promise<void> => {
  await (await messages()).forgetContents(limits.messageContentMs, AT_ONCE);
};
