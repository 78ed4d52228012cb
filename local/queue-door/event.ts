import type { SQSEvent } from 'aws-lambda';
import type { QueueName, ReceivedMessage } from '../../shared/ports/queue.ts';
import { LOCAL_ACCOUNT } from '../invoke.ts';

export const toSqsEvent = (
  queue: QueueName,
  region: string,
  messages: readonly ReceivedMessage[],
): SQSEvent => ({
  Records: messages.map(({ messageId, receiptHandle, body, attributes, md5OfBody }) => ({
    messageId,
    receiptHandle,
    body,
    attributes: { ...attributes },
    messageAttributes: {},
    md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${region}:${LOCAL_ACCOUNT}:tank-${queue}`,
    awsRegion: region,
  })),
});
