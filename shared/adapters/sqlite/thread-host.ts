import { Worker } from 'node:worker_threads';
import type { AtomicResult, SqlRow, SqlValue, Step } from '../../ports/database.ts';
import type { Page } from './cursors.ts';
import { unavailable, unpackFault } from './faults.ts';
import type { Opening, SqliteHost } from './host.ts';
import type { Answer } from './thread-messages.ts';

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (fault: Error) => void;
}

/** One life of the thread. When it ends, every call that waits is told so. */
class SqliteThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: () => void;
  readonly opened: Promise<void>;
  #last = 0;
  #over = false;

  constructor(threadFile: URL, opening: Opening, ended: () => void) {
    this.#ended = ended;
    this.#worker = new Worker(threadFile, { workerData: opening, name: 'tank-sqlite', execArgv: [] });
    this.opened = this.#await(0);
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', () => this.#end());
    this.#worker.on('exit', () => this.#end());
  }

  call<K extends keyof SqliteHost>(verb: K, ...args: Parameters<SqliteHost[K]>): ReturnType<SqliteHost[K]>;
  call(verb: keyof SqliteHost, ...args: readonly unknown[]): Promise<unknown> {
    if (this.#over) return Promise.reject(unavailable('its thread has ended'));
    this.#last += 1;
    const answer = this.#await(this.#last);
    try {
      this.#worker.postMessage({ id: this.#last, verb, args });
    } catch (thrown) {
      this.#take(this.#last)?.reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
    return answer;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  /** The thread keeps the process alive only while somebody waits for it. */
  #await<T>(id: number): Promise<T> {
    this.#worker.ref();
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker.unref();
    return pending;
  }

  #settle(answer: Answer): void {
    const pending = this.#take(answer.id);
    if ('fault' in answer) pending?.reject(unpackFault(answer.fault));
    else pending?.resolve(answer.value as never);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended();
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(unavailable('its thread has ended'));
  }
}

/** fsyncs and long queries happen elsewhere, so that this thread stays free for HTTP. */
export class ThreadHost implements SqliteHost {
  readonly #threadFile: URL;
  readonly #opening: Opening;
  #thread: Promise<SqliteThread> | undefined;
  #closed = false;

  private constructor(threadFile: URL, opening: Opening) {
    this.#threadFile = threadFile;
    this.#opening = opening;
  }

  static async open(threadFile: URL, opening: Opening): Promise<ThreadHost> {
    const host = new ThreadHost(threadFile, opening);
    await host.#living();
    return host;
  }

  async all(sql: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return (await this.#living()).call('all', sql, values);
  }

  async each(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<readonly (readonly SqlRow[])[]> {
    return (await this.#living()).call('each', sql, rows);
  }

  async run(sql: string, values: readonly SqlValue[]): Promise<number> {
    return (await this.#living()).call('run', sql, values);
  }

  async atomic(steps: readonly Step[]): Promise<AtomicResult> {
    return (await this.#living()).call('atomic', steps);
  }

  async columns(sql: string): Promise<readonly string[]> {
    return (await this.#living()).call('columns', sql);
  }

  async openCursor(sql: string, values: readonly SqlValue[], size: number): Promise<Page> {
    return (await this.#living()).call('openCursor', sql, values, size);
  }

  async nextPage(cursor: string, size: number): Promise<Page> {
    return (await this.#living()).call('nextPage', cursor, size);
  }

  async abandonCursor(cursor: string): Promise<void> {
    await (await this.#thread)?.call('abandonCursor', cursor);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const thread = await this.#thread;
    await thread?.call('close');
    await thread?.end();
  }

  /** A thread that has died is started again for the next call. */
  #living(): Promise<SqliteThread> {
    if (this.#closed) return Promise.reject(unavailable('it is closed'));
    this.#thread ??= this.#start();
    return this.#thread;
  }

  async #start(): Promise<SqliteThread> {
    const forget = () => {
      this.#thread = undefined;
    };
    const thread = new SqliteThread(this.#threadFile, this.#opening, forget);
    try {
      await thread.opened;
      return thread;
    } catch (thrown) {
      forget();
      await thread.end();
      throw thrown;
    }
  }
}
