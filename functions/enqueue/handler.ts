import type { Operations } from '../../shared/middleware/call.ts';
import { httpChain } from '../../shared/middleware/http-chain.ts';
import { queueChain } from '../../shared/middleware/queue-chain.ts';
import { twoDoors } from '../../shared/middleware/two-doors.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { confine } from '../../shared/use-cases/confine.ts';
import { describeRun } from '../../shared/use-cases/describe-run.ts';
import { enqueueApi } from '../../shared/wire/enqueue-api.ts';
import { ExpandMessage } from '../../shared/wire/messages.ts';
import { expandRun } from './expand-run.ts';
import { startRun } from './start-run.ts';

export const createEnqueueHandler = (all: Ports) =>
  twoDoors(
    httpChain(enqueueApi, (principal) => operationsOn(confine(all, principal)), all),
    queueChain(
      ExpandMessage,
      ({ runId }, _, context) => expandRun(all, runId, () => context.getRemainingTimeInMillis()),
      all,
    ),
  );

const operationsOn = (ports: Ports): Operations<typeof enqueueApi> => ({
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
