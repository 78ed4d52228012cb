import type { QueueName } from '../shared/ports/queue.ts';
import { adminApi } from '../shared/wire/admin-api.ts';
import type { Api } from '../shared/wire/api.ts';
import { authApi } from '../shared/wire/auth-api.ts';
import { consoleApi } from '../shared/wire/console-api.ts';
import { enqueueApi } from '../shared/wire/enqueue-api.ts';
import { eventsApi } from '../shared/wire/events-api.ts';
import { securityApi } from '../shared/wire/security-api.ts';
import { testSendApi } from '../shared/wire/test-send-api.ts';
import { unsubscribeApi } from '../shared/wire/unsubscribe-api.ts';
import { usersApi } from '../shared/wire/users-api.ts';

/** A queue that feeds a function: an event source mapping, on AWS and on-prem alike. */
export interface QueueDoor {
  readonly queue: QueueName;
  /** 1 to 10; up to 10,000 with a window. */
  readonly batchSize: number;
  /** How long a batch may fill after its first message, 1 to 300; without it, one poll is a batch. */
  readonly windowSeconds?: number;
  readonly visibilitySeconds: number;
  readonly maxReceiveCount: number;
  /** Invocations side by side; `workers`: as TANK_SEND_WORKERS says. */
  readonly concurrency: number | 'workers';
}

/**
 * `tend-queues`: count what is in them, look at what is dead and give it back; `open-sources`: read the secrets of the
 * customer's databases.
 */
export type Right =
  | 'send-mail'
  | 'read-quota'
  | 'read-attachments'
  | 'open-sources'
  | 'ask-sign-in-providers'
  | 'pause-sending'
  | 'tend-queues'
  | `enqueue:${QueueName}`;

export interface ScheduleDoor {
  readonly everySeconds: number;
}

/** A method, not a property: so each handler may name the event of its own doors, and every host may call it. */
export interface Handled {
  handler(event: unknown, context: unknown): unknown;
}

export interface FunctionEntry {
  readonly name: string;
  readonly about: string;
  readonly http?: Api;
  readonly queues?: readonly QueueDoor[];
  readonly schedule?: ScheduleDoor;
  /** What it may do on AWS beyond its own doors, its secrets and its log. */
  readonly rights?: readonly Right[];
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly load: () => Promise<Handled>;
}

/** The only list of functions and their doors: infra deploys it, local hosts it, OpenAPI and the guards read it. */
export const MANIFEST: readonly FunctionEntry[] = [
  {
    name: 'auth',
    about: 'Sign-in, sessions, accounts, the audit and the security page',
    http: { ...authApi, ...usersApi, ...securityApi },
    rights: ['ask-sign-in-providers'],
    timeoutSeconds: 30,
    memoryMb: 512,
    load: () => import('./auth/index.ts'),
  },
  {
    name: 'enqueue',
    about: 'Starts runs and plans them: every target row checked, its files found, its send written down',
    http: enqueueApi,
    queues: [{ queue: 'expand', batchSize: 1, visibilitySeconds: 900, maxReceiveCount: 5, concurrency: 2 }],
    rights: [
      'read-quota',
      'read-attachments',
      'open-sources',
      'enqueue:expand',
      'enqueue:urgent',
      'enqueue:bulk',
    ],
    timeoutSeconds: 150,
    memoryMb: 1024,
    load: () => import('./enqueue/index.ts'),
  },
  {
    name: 'send-batch',
    about: 'Claims a batch, renders, marks, calls the transport, writes down what came of it',
    queues: [
      { queue: 'urgent', batchSize: 1, visibilitySeconds: 900, maxReceiveCount: 5, concurrency: 2 },
      { queue: 'bulk', batchSize: 1, visibilitySeconds: 900, maxReceiveCount: 5, concurrency: 'workers' },
    ],
    rights: [
      'send-mail',
      'read-quota',
      'read-attachments',
      'open-sources',
      'enqueue:urgent',
      'enqueue:bulk',
      'enqueue:write-back',
    ],
    timeoutSeconds: 150,
    memoryMb: 1024,
    load: () => import('./send-batch/index.ts'),
  },
  {
    name: 'write-back',
    about: 'Tells the source who was mailed, at least once, in array binds',
    queues: [
      { queue: 'write-back', batchSize: 1, visibilitySeconds: 900, maxReceiveCount: 5, concurrency: 1 },
    ],
    rights: ['open-sources'],
    timeoutSeconds: 150,
    memoryMb: 512,
    load: () => import('./write-back/index.ts'),
  },
  {
    name: 'bounce-handler',
    about: 'Takes in what the transports tell about mails: delivered, delayed, bounced, complained',
    http: eventsApi,
    queues: [
      {
        queue: 'events',
        batchSize: 100,
        windowSeconds: 1,
        visibilitySeconds: 240,
        maxReceiveCount: 5,
        concurrency: 4,
      },
    ],
    timeoutSeconds: 30,
    memoryMb: 256,
    load: () => import('./bounce-handler/index.ts'),
  },
  {
    name: 'unsubscribe',
    about: 'The link in mails that their readers may decline',
    http: unsubscribeApi,
    timeoutSeconds: 30,
    memoryMb: 256,
    load: () => import('./unsubscribe/index.ts'),
  },
  {
    name: 'refresh-lists',
    about: 'Fetches the block lists that others keep, and stays with the last good copy when it cannot',
    schedule: { everySeconds: 60 },
    timeoutSeconds: 300,
    memoryMb: 1024,
    load: () => import('./refresh-lists/index.ts'),
  },
  {
    name: 'tell-clients',
    about:
      'Tells other systems what became of their mails, forgets their texts in time, reminds of certificates that end',
    schedule: { everySeconds: 5 },
    timeoutSeconds: 60,
    memoryMb: 256,
    load: () => import('./tell-clients/index.ts'),
  },
  {
    name: 'scheduler',
    about: 'Goes on with what a lost message or a dead worker left behind, feeds the queue, ends runs',
    schedule: { everySeconds: 5 },
    rights: [
      'read-quota',
      'pause-sending',
      'enqueue:expand',
      'enqueue:urgent',
      'enqueue:bulk',
      'enqueue:write-back',
    ],
    timeoutSeconds: 60,
    memoryMb: 256,
    load: () => import('./scheduler/index.ts'),
  },
  {
    name: 'admin',
    about: 'Sources, automations, runs and sends for people and programs',
    http: adminApi,
    rights: [
      'read-quota',
      'read-attachments',
      'open-sources',
      'pause-sending',
      'tend-queues',
      'enqueue:urgent',
      'enqueue:bulk',
    ],
    timeoutSeconds: 30,
    memoryMb: 512,
    load: () => import('./admin/index.ts'),
  },
  {
    name: 'test-send',
    about: 'One mail of an automation to a colleague, at once and past the ledger',
    http: testSendApi,
    rights: ['send-mail', 'read-quota', 'open-sources'],
    timeoutSeconds: 30,
    memoryMb: 512,
    load: () => import('./test-send/index.ts'),
  },
  {
    name: 'console',
    about: 'The pages for people; they hold nothing and ask the API',
    http: consoleApi,
    timeoutSeconds: 10,
    memoryMb: 256,
    load: () => import('./console/index.ts'),
  },
];
