import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedQueue } from '../../../shared/adapters/embedded/queue.ts';
import { openSqlite } from '../../../shared/adapters/sqlite/database.ts';
import { systemClock } from '../../../shared/adapters/system/clock.ts';
import { newId } from '../../../shared/adapters/system/ids.ts';
import type { Queue } from '../../../shared/ports/queue.ts';

const GATHER_MS = 25;

/** What SNS and SQS are in the field: takes events by HTTP and puts them into the daemon's queue, whoever lives or dies. */
export class EventRelay {
  readonly url: string;
  readonly #server: Server;
  readonly #loses: (messageId: string) => boolean;
  #waiting: string[] = [];
  #queue: Queue | undefined;
  #forwarding: Promise<void> | undefined;
  #stopped = false;
  /** Mails whose events never arrive, by message id. */
  readonly silenced = new Set<string>();
  /** How far the daemon's clock is from this process's: both write into one queue. */
  clockOffsetMs = 0;

  private constructor(server: Server, loses: (messageId: string) => boolean) {
    this.#server = server;
    this.#loses = loses;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void this.#take(request, response),
    );
  }

  static async listen(loses: (messageId: string) => boolean = () => false): Promise<EventRelay> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new EventRelay(server, loses);
  }

  /** The queue is there after the daemon's first start. */
  async forwardTo(dataDir: string): Promise<void> {
    const queue = await openEmbeddedQueue({
      database: await openSqlite(join(dataDir, 'queue.db'), { host: 'inline' }),
      runtime: {
        clock: { ...systemClock, now: () => Date.now() + this.clockOffsetMs },
        id: () => newId(Date.now()),
      },
      maxReceiveCount: () => 5,
    });
    this.forwardInto(queue);
  }

  forwardInto(queue: Queue): void {
    this.#queue = queue;
    this.#forwarding = this.#forward(queue);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#forwarding;
    await this.#queue?.close();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const event = Buffer.concat(chunks).toString();
    const { mail } = JSON.parse(event) as { mail: { messageId: string } };
    if (this.#loses(mail.messageId)) this.silenced.add(mail.messageId);
    else this.#waiting.push(event);
    response.end();
  }

  /** A full disk or a lock only delays: SQS would keep them too. */
  async #forward(queue: Queue): Promise<void> {
    while (!this.#stopped) {
      await sleep(GATHER_MS);
      const some = this.#waiting.slice(0, 500);
      if (some.length === 0) continue;
      try {
        await queue.send(
          'events',
          some.map((body) => ({ body })),
        );
        this.#waiting = this.#waiting.slice(some.length);
      } catch {
        await sleep(500);
      }
    }
  }
}
