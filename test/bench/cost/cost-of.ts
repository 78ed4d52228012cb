import { MANIFEST } from '../../../functions/manifest.ts';
import type { Prices } from './prices.ts';

const MILLION = 1_000_000;
/** Send and Delivery; the few others weigh nothing. */
const EVENTS_PER_MAIL = 2;
/** Sent, received, deleted. */
const REQUESTS_PER_MESSAGE = 3;
const MAILS_PER_BATCH = 50;
/** SQS gives and deletes by tens, whatever a function takes at once. */
const MESSAGES_PER_REQUEST = 10;
/** START, END and REPORT of one invocation. */
const LOG_BYTES = 400;

/** Seconds of one invocation, as they were measured. */
export type Measured = Readonly<Record<'send-batch' | 'bounce-handler', number>> & {
  /** Of planning, for each recipient. */
  readonly expansionPerMail: number;
  /** Of writing back, for each recipient. */
  readonly writeBackPerMail: number;
};

export interface Cost {
  readonly ses: number;
  readonly parts: Readonly<Record<'lambda' | 'sqs' | 'sns' | 'logs', number>>;
  readonly variable: number;
  readonly share: number;
}

/** What a million mails cost beside what costs the same every month. */
export const costOfMillion = (measured: Measured, prices: Prices): Cost => {
  const batches = MILLION / MAILS_PER_BATCH;
  const eventBatches = (MILLION * EVENTS_PER_MAIL) / eventsPerBatch();
  const eventRequests = ((MILLION * EVENTS_PER_MAIL) / MESSAGES_PER_REQUEST) * 2;
  const gbSeconds =
    batches * measured['send-batch'] * gb('send-batch') +
    eventBatches * measured['bounce-handler'] * gb('bounce-handler') +
    MILLION * measured.expansionPerMail * gb('enqueue') +
    MILLION * measured.writeBackPerMail * gb('write-back');
  const invocations = batches + eventBatches;
  // What SNS puts on a queue is a request of SQS as well; events are taken and deleted by tens.
  const sqsRequests = batches * REQUESTS_PER_MESSAGE + MILLION * EVENTS_PER_MAIL + eventRequests;
  const parts = {
    lambda: (invocations * prices.lambdaRequests) / MILLION + gbSeconds * prices.lambdaGbSecond,
    sqs: (sqsRequests * prices.sqs) / MILLION,
    sns: EVENTS_PER_MAIL * prices.sns,
    logs: ((invocations * LOG_BYTES) / 2 ** 30) * prices.logsGb,
  };
  const ses = (MILLION / 1_000) * prices.sesPerThousand;
  const variable = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { ses, parts, variable, share: variable / ses };
};

const eventsPerBatch = (): number => {
  const door = MANIFEST.flatMap(({ queues = [] }) => queues).find(({ queue }) => queue === 'events');
  if (!door) throw new Error('the manifest has no queue for events');
  return door.batchSize;
};

const gb = (name: string): number => {
  const entry = MANIFEST.find((one) => one.name === name);
  if (!entry) throw new Error(`the manifest has no function ${name}`);
  return entry.memoryMb / 1024;
};
