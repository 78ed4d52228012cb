import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { QUEUES, type QueueName } from '../../../shared/domain/queue-names.ts';
import { queuesApi } from '../../../shared/wire/queues-api.ts';
import { createOutput, table } from '../output.ts';
import { openSession } from '../session.ts';
import { wholeNumber } from '../whole-number.ts';

interface JsonOption {
  readonly json?: true;
}

export const addQueue = (program: Command): void => {
  const queue = program
    .command('queue')
    .description('The queues between the functions, and what died in them');
  queue
    .command('list')
    .description('How much waits in each queue, and how much is dead')
    .option('--json', 'print JSON')
    .action(listQueues);
  const dead = queue.command('dlq').description('Messages that were received too often without success');
  dead
    .command('list <queue>')
    .description('List them: ids and ages, never what an event says about a person')
    .option('--limit <n>', 'so many at most', wholeNumber, 20)
    .option('--json', 'print JSON')
    .action((name: string, options: JsonOption & { readonly limit: number }) =>
      listDead(queueName(name), options),
    );
  dead
    .command('redrive <queue>')
    .description('Give them back to their queue with a fresh count, after the reason is mended')
    .option('--json', 'print JSON')
    .action((name: string, options: JsonOption) => redrive(queueName(name), options));
};

const queueName = (given: string): QueueName => {
  const known = QUEUES.find((name) => name === given);
  if (!known)
    throw new InvalidArgumentError(`queue "${given}" does not exist; there are ${QUEUES.join(', ')}`);
  return known;
};

const listQueues = async ({ json }: JsonOption): Promise<void> => {
  const { items } = await openSession().operator.call(queuesApi.listQueues);
  createOutput(json === true).result({ items }, () =>
    table([
      ['queue', 'visible', 'in flight', 'delayed', 'dead'],
      ...items.map(({ queue, visible, inFlight, delayed, dead }) => [
        queue,
        ...[visible, inFlight, delayed, dead].map(String),
      ]),
    ]),
  );
};

const listDead = async (queue: QueueName, { json, limit }: JsonOption & { readonly limit: number }) => {
  const { items } = await openSession().operator.call(queuesApi.listDeadMessages, {
    params: { queue },
    query: { limit: String(limit) },
  });
  createOutput(json === true).result({ items }, () =>
    items.length === 0 ? [`Nothing is dead in ${queue}.`] : table(items.map(toCells)),
  );
};

type Dead = z.output<typeof queuesApi.listDeadMessages.reply>['items'][number];

const toCells = ({ messageId, sentAt, receiveCount, bytes, kind, run, batch }: Dead): readonly string[] => [
  messageId,
  sentAt,
  `received ${receiveCount} times`,
  kind ? `${kind} ${batch ?? run}` : `${bytes} bytes, not a message of Tank's own`,
];

const redrive = async (queue: QueueName, { json }: JsonOption): Promise<void> => {
  const answer = await openSession().operator.call(queuesApi.redriveQueue, { params: { queue } });
  createOutput(json === true).result(answer, () => [
    answer.redriven === 0
      ? `Nothing was dead in ${queue}.`
      : `${answer.redriven} messages are back in ${queue}.`,
  ]);
};
