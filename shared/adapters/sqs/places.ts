import type { QueueName } from '../../ports/queue.ts';
import { asking, type SqsClient } from './client.ts';

export interface PlacesOptions {
  /** `tank-` gives tank-urgent and, for what is dead, tank-urgent-dead. */
  readonly prefix: string;
  readonly maxReceiveCount: (queue: QueueName) => number;
}

const FOUR_DAYS_S = '345600';
const FOURTEEN_DAYS_S = '1209600';

/** Finds a queue by its name when it is first used; one that nobody has made yet is made. */
export class QueuePlaces {
  readonly #sqs: SqsClient;
  readonly #options: PlacesOptions;
  readonly #found = new Map<string, Promise<string>>();

  constructor(sqs: SqsClient, options: PlacesOptions) {
    this.#sqs = sqs;
    this.#options = options;
  }

  living(queue: QueueName): Promise<string> {
    const name = this.#options.prefix + queue;
    return this.#find(name, async () =>
      this.#create(name, {
        MessageRetentionPeriod: FOUR_DAYS_S,
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: await this.#arnOf(await this.dead(queue)),
          maxReceiveCount: this.#options.maxReceiveCount(queue),
        }),
      }),
    );
  }

  dead(queue: QueueName): Promise<string> {
    const name = `${this.#options.prefix}${queue}-dead`;
    return this.#find(name, () => this.#create(name, { MessageRetentionPeriod: FOURTEEN_DAYS_S }));
  }

  /** Looked up anew at the next use: it is gone from where it was found. */
  forget(queue: QueueName): void {
    this.#found.delete(this.#options.prefix + queue);
    this.#found.delete(`${this.#options.prefix}${queue}-dead`);
  }

  /** A look-up that failed is made again at the next use. */
  #find(name: string, create: () => Promise<string>): Promise<string> {
    const known = this.#found.get(name) ?? this.#urlOf(name).then((url) => url ?? create());
    this.#found.set(name, known);
    known.catch(() => this.#found.delete(name));
    return known;
  }

  async #urlOf(QueueName: string): Promise<string | undefined> {
    const { sdk, client } = this.#sqs;
    try {
      return (await client.send(new sdk.GetQueueUrlCommand({ QueueName }))).QueueUrl;
    } catch (thrown) {
      if (thrown instanceof sdk.QueueDoesNotExist) return undefined;
      return asking(Promise.reject(thrown));
    }
  }

  async #arnOf(QueueUrl: string): Promise<string | undefined> {
    const { sdk, client } = this.#sqs;
    const asked = client.send(new sdk.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    return (await asking(asked)).Attributes?.QueueArn;
  }

  async #create(QueueName: string, Attributes: Record<string, string>): Promise<string> {
    const { sdk, client } = this.#sqs;
    const { QueueUrl } = await asking(client.send(new sdk.CreateQueueCommand({ QueueName, Attributes })));
    if (!QueueUrl) throw new Error(`SQS made the queue ${QueueName} and gave no address`);
    return QueueUrl;
  }
}
