import { queueBatchChain } from '../../shared/middleware/queue-batch-chain.ts';
import { type FeedbackPorts, takeInFeedback } from '../../shared/use-cases/take-in-feedback.ts';
import { SesEventMessage } from '../../shared/wire/ses-events.ts';

export const createBounceHandler = (ports: FeedbackPorts) =>
  queueBatchChain(
    SesEventMessage,
    (events) =>
      takeInFeedback(
        ports,
        events.filter((event) => event !== undefined),
      ),
    ports,
  );
