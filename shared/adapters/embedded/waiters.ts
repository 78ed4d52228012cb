import type { QueueName } from '../../ports/queue.ts';

/** Long polls of this process, woken at once when there may be something for them. */
export class Waiters {
  readonly #sleeping = new Map<QueueName, Set<AbortController>>();

  /** Aborted by `wake`, or when the caller gives up. */
  async while(
    queue: QueueName,
    signal: AbortSignal | undefined,
    sleep: (woken: AbortSignal) => Promise<void>,
  ): Promise<void> {
    // Given up while the queue was looked at: its event is over, and nothing else would wake this poll.
    if (signal?.aborted) return;
    const woken = new AbortController();
    const giveUp = () => woken.abort();
    const sleeping = this.#of(queue).add(woken);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      await sleep(woken.signal);
    } catch (thrown) {
      if (!woken.signal.aborted) throw thrown;
    } finally {
      sleeping.delete(woken);
      signal?.removeEventListener('abort', giveUp);
    }
  }

  wake(queue: QueueName): void {
    for (const woken of this.#of(queue)) woken.abort();
  }

  wakeAll(): void {
    for (const queue of this.#sleeping.keys()) this.wake(queue);
  }

  #of(queue: QueueName): Set<AbortController> {
    const sleeping = this.#sleeping.get(queue) ?? new Set();
    this.#sleeping.set(queue, sleeping);
    return sleeping;
  }
}
