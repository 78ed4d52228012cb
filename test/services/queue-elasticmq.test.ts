import { setTimeout as sleep } from 'node:timers/promises';
import { openSqsQueue } from '../../shared/adapters/sqs/queue.ts';
import { MovableClock, runtimeWith } from '../contract/queue-clock.ts';
import { MAX_RECEIVES, queueContract } from '../contract/queue-contract.ts';
import { startElasticMq } from './elasticmq-server.ts';

queueContract({
  name: 'SQS (ElasticMQ)',
  open: async () => {
    const server = await startElasticMq();
    const queue = await openSqsQueue({
      region: 'ap-northeast-2',
      endpoint: server.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      prefix: 'tank-',
      maxReceiveCount: () => MAX_RECEIVES,
      runtime: runtimeWith(new MovableClock()),
    });
    const close = async () => {
      await queue.close();
      await server.stop();
    };
    return { queue, elapse: (seconds) => sleep(seconds * 1000), close };
  },
});
