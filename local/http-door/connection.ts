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
  /** The bytes on the wire are not HTTP any more. */
  readonly broken: boolean;
  /** Whom to tell the reason when that happens in the middle of a body. */
  onBroken: ((reason: unknown) => void) | undefined;
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
  let broken = false;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  const connection: Connection = {
    get waiting() {
      return waiting;
    },
    get broken() {
      return broken;
    },
    ending: false,
    onBroken: undefined,
    takeTurn: (work) => {
      waiting += 1;
      last = last.then(work).finally(() => {
        waiting -= 1;
      });
      return last;
    },
    break: (reason) => {
      broken = true;
      connection.onBroken?.(reason);
    },
  };
  return connection;
};
