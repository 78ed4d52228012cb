import { inRounds } from '../../shared/domain/in-rounds.ts';
import type { Operations } from '../../shared/middleware/call.ts';
import { httpChain } from '../../shared/middleware/http-chain.ts';
import { queueChain } from '../../shared/middleware/queue-chain.ts';
import { twoDoors } from '../../shared/middleware/two-doors.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { confine } from '../../shared/use-cases/confine.ts';
import { describeRun } from '../../shared/use-cases/describe-run.ts';
import { feedUrgent } from '../../shared/use-cases/feed-queue.ts';
import { enqueueApi, type runStartApi } from '../../shared/wire/enqueue-api.ts';
import { ExpandMessage } from '../../shared/wire/messages.ts';
import type { messagesApi } from '../../shared/wire/messages-api.ts';
import { acceptMessage } from './accept-message.ts';
import { expandRun } from './expand-run.ts';
import { getMessage } from './get-message.ts';
import { startRun } from './start-run.ts';

export const createEnqueueHandler = (all: Ports) => {
  const feed = inRounds(() => feedUrgent(all));
  return twoDoors(
    httpChain(
      enqueueApi,
      (principal) => ({ ...runOperations(confine(all, principal)), ...messageOperations(all, feed) }),
      all,
    ),
    queueChain(
      ExpandMessage,
      ({ runId }, _, context) => expandRun(all, runId, () => context.getRemainingTimeInMillis()),
      all,
    ),
  );
};

const runOperations = (ports: Ports): Operations<typeof runStartApi> => ({
  startRun: async ({ params, body, principal, language, event }) => {
    const idempotencyKey = event.headers['idempotency-key'];
    const run = await startRun(ports, {
      automation: params.id,
      startedBy: principal.id,
      ...(body.businessDate ? { businessDate: body.businessDate } : {}),
      ...(idempotencyKey ? { idempotencyKey } : {}),
    });
    return describeRun(ports, run, language);
  },
});

/** Of a client and not of a principal: what is another's is told apart by the verbs. */
const messageOperations = (ports: Ports, feed: () => Promise<void>): Operations<typeof messagesApi> => ({
  acceptMessage: ({ client, body, headers, event, language }) => {
    const idempotencyKey = headers['idempotency-key'];
    const { body: text = '', isBase64Encoded } = event;
    return acceptMessage(ports, feed, {
      client,
      body,
      wholeBody: `${event.headers['content-type']}\n${text}`,
      bytes: Buffer.byteLength(text, isBase64Encoded ? 'base64' : 'utf8'),
      ...(idempotencyKey ? { idempotencyKey } : {}),
      language,
    });
  },
  getMessage: ({ client, params, language }) => getMessage(ports, client, params.id, language),
});
