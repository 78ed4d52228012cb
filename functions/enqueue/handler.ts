import { httpChain } from '../../shared/middleware/http-chain.ts';
import { queueChain } from '../../shared/middleware/queue-chain.ts';
import { twoDoors } from '../../shared/middleware/two-doors.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { describeRun } from '../../shared/use-cases/describe-run.ts';
import { enqueueApi } from '../../shared/wire/enqueue-api.ts';
import { ExpandMessage } from '../../shared/wire/messages.ts';
import { expandRun } from './expand-run.ts';
import { startRun } from './start-run.ts';

export const createEnqueueHandler = (ports: Ports) =>
  twoDoors(
    httpChain(
      enqueueApi,
      {
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
      },
      ports,
    ),
    queueChain(
      ExpandMessage,
      ({ runId }, _, context) => expandRun(ports, runId, () => context.getRemainingTimeInMillis()),
      ports,
    ),
  );
