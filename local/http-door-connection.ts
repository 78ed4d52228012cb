import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * One connection. Node emits pipelined requests all at once; here they take their turn, so that one
 * caller holds one handler and not hundreds.
 */
export interface Connection {
  readonly waiting: number;
  /** Nothing that comes after the current answer is served. */
  ending: boolean;
  /** Aborts when the bytes on the wire are not HTTP any more, with the reason. */
  readonly broken: AbortSignal;
  takeTurn(work: () => Promise<void>): Promise<void>;
  break(reason: unknown): void;
}

const connections = new WeakMap<Duplex, Connection>();

export const connectionOf = (socket: Socket | Duplex): Connection => {
  const known = connections.get(socket);
  if (known) return known;
  const fresh = createConnection();
  connections.set(socket, fresh);
  return fresh;
};

const createConnection = (): Connection => {
  const broken = new AbortController();
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    get waiting() {
      return waiting;
    },
    ending: false,
    broken: broken.signal,
    takeTurn: (work) => {
      waiting += 1;
      last = last.then(work).finally(() => {
        waiting -= 1;
      });
      return last;
    },
    break: (reason) => broken.abort(reason),
  };
};
