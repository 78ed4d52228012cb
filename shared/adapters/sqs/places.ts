import { QUEUES, type QueueName } from '../../ports/queue.ts';
import { asking, type SqsClient } from './client.ts';

export interface QueuePlace {
  readonly url: string;
  readonly deadUrl: string;
}

export interface PlacesOptions {
  /** `tank-` gives tank-urgent and, for what is dead, tank-urgent-dead. */
  readonly prefix: string;
  readonly maxReceiveCount: (queue: QueueName) => number;
}

const FOUR_DAYS_S = '345600';
const FOURTEEN_DAYS_S = '1209600';

/** Finds the queues by name; those that nobody has made yet are made, dead-letter queue first. */
export const findPlaces = async (
  sqs: SqsClient,
  options: PlacesOptions,
): Promise<ReadonlyMap<QueueName, QueuePlace>> => {
  const places = await Promise.all(
    QUEUES.map(async (queue) => [queue, await findPlace(sqs, queue, options)] as const),
  );
  return new Map(places);
};

const findPlace = async (
  sqs: SqsClient,
  queue: QueueName,
  { prefix, maxReceiveCount }: PlacesOptions,
): Promise<QueuePlace> => {
  const dead = `${prefix}${queue}-dead`;
  const deadUrl =
    (await urlOf(sqs, dead)) ?? (await create(sqs, dead, { MessageRetentionPeriod: FOURTEEN_DAYS_S }));
  const url =
    (await urlOf(sqs, `${prefix}${queue}`)) ??
    (await createLiving(sqs, `${prefix}${queue}`, deadUrl, maxReceiveCount(queue)));
  return { url, deadUrl };
};

const urlOf = async ({ sdk, client }: SqsClient, QueueName: string): Promise<string | undefined> => {
  try {
    return (await client.send(new sdk.GetQueueUrlCommand({ QueueName }))).QueueUrl;
  } catch (thrown) {
    if (thrown instanceof sdk.QueueDoesNotExist) return undefined;
    return asking(Promise.reject(thrown));
  }
};

const createLiving = async (
  sqs: SqsClient,
  name: string,
  deadUrl: string,
  maxReceiveCount: number,
): Promise<string> => {
  const { sdk, client } = sqs;
  const { Attributes } = await asking(
    client.send(new sdk.GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ['QueueArn'] })),
  );
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount });
  return create(sqs, name, { MessageRetentionPeriod: FOUR_DAYS_S, RedrivePolicy });
};

const create = async (
  { sdk, client }: SqsClient,
  QueueName: string,
  Attributes: Record<string, string>,
): Promise<string> => {
  const { QueueUrl } = await asking(client.send(new sdk.CreateQueueCommand({ QueueName, Attributes })));
  if (!QueueUrl) throw new Error(`SQS made the queue ${QueueName} and gave no address`);
  return QueueUrl;
};
