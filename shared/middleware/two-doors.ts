import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { HttpEvent, HttpReply } from './call.ts';
import type { HttpHandler } from './http-chain.ts';
import type { QueueHandler } from './queue-chain.ts';

/** One function behind an HTTP door and a queue: the event tells through which it came. */
export const twoDoors =
  (http: HttpHandler, queue: QueueHandler) =>
  (event: HttpEvent | SQSEvent, context: Context): Promise<HttpReply | SQSBatchResponse> =>
    'Records' in event ? queue(event, context) : http(event, context);
