import type { Context, SQSEvent } from 'aws-lambda';
import type { ChainPorts, HttpEvent } from '../../shared/middleware/call.ts';
import { httpChain } from '../../shared/middleware/http-chain.ts';
import { queueBatchChain } from '../../shared/middleware/queue-batch-chain.ts';
import { readValue } from '../../shared/middleware/queue-chain.ts';
import { twoDoors } from '../../shared/middleware/two-doors.ts';
import { takeInFeedback } from '../../shared/use-cases/take-in-feedback.ts';
import { eventsApi } from '../../shared/wire/events-api.ts';
import { type BridgedEvent, SesEventMessage } from '../../shared/wire/ses-events.ts';
import { type SnsPorts, takeSnsMessage } from './take-sns-message.ts';

/** The same core behind three doors: SQS, SNS over HTTPS, and EventBridge. */
export const createBounceHandler = (ports: SnsPorts & ChainPorts) => {
  const overHttp = httpChain(
    eventsApi,
    {
      takeSnsMessage: async ({ event }) => {
        const encoding = event.isBase64Encoded ? 'base64' : 'utf8';
        const body = Buffer.from(event.body ?? '', encoding).toString();
        await takeSnsMessage(ports, { headers: event.headers, body });
        return undefined;
      },
    },
    ports,
  );
  const fromQueue = queueBatchChain(
    SesEventMessage,
    (events) =>
      takeInFeedback(
        ports,
        events.filter((event) => event !== undefined),
      ),
    ports,
  );
  const doors = twoDoors(overHttp, fromQueue);
  return async (event: HttpEvent | SQSEvent | BridgedEvent, context: Context) => {
    if (!('detail-type' in event)) return doors(event, context);
    const told = readValue(SesEventMessage, event);
    return takeInFeedback(ports, told ? [told] : []);
  };
};
