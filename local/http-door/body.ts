import type { IncomingMessage } from 'node:http';
import { TankError } from '../../shared/domain/errors.ts';
import type { Connection } from './connection.ts';

/** The caller went away; there is nobody to answer. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
}

/** What one exchange has taken of the memory for bodies. */
export interface BodyLease {
  take(bytes: number): void;
  end(): void;
}

/** Bounds the bodies that are read or handled at once: many callers must not exhaust the process together. */
export const createBodyBudget = (limit: number): (() => BodyLease) => {
  let total = 0;
  return () => {
    let mine = 0;
    return {
      take: (bytes) => {
        if (total + bytes > limit) throw new TankError('too_many_requests', { seconds: 1 });
        total += bytes;
        mine += bytes;
      },
      end: () => {
        total -= mine;
        mine = 0;
      },
    };
  };
};

export interface BodyOptions {
  readonly limit: number;
  readonly timeoutMs: number;
  readonly lease: BodyLease;
  /** Called once the body is worth sending: the caller may wait for it (Expect: 100-continue). */
  readonly welcome: () => void;
  /** May end the reading: what follows is not HTTP any more. */
  readonly connection: Pick<Connection, 'onBroken'>;
}

/** Refuses by the declared length before a byte is read, and by the counted one while it streams. */
export const readBody = async (
  request: IncomingMessage,
  options: BodyOptions,
): Promise<Buffer | undefined> => {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared === 0 && request.headers['transfer-encoding'] === undefined) return undefined;
  const collector = createCollector(declared, options);
  options.welcome();
  await pour(request, collector.add, options);
  return collector.bytes();
};

/** One buffer of the declared size. Without one it doubles, so that a body is never held in pieces and whole. */
const createCollector = (declared: number, { limit, lease }: BodyOptions) => {
  let buffer = Buffer.alloc(0);
  let length = 0;
  const reserve = (size: number): void => {
    if (size > limit) throw new TankError('body_too_large', { limit });
    lease.take(size - buffer.length);
    const grown = Buffer.allocUnsafeSlow(size);
    buffer.copy(grown, 0, 0, length);
    buffer = grown;
  };
  reserve(declared);
  return {
    add: (chunk: Buffer): void => {
      const needed = length + chunk.length;
      if (needed > buffer.length) reserve(Math.max(needed, Math.min(needed * 2, limit)));
      length += chunk.copy(buffer, length);
    },
    bytes: () => (length > 0 ? buffer.subarray(0, length) : undefined),
  };
};

/** Listeners, not `for await`: leaving such a loop destroys the socket, and with it the answer that says why. */
const pour = (request: IncomingMessage, add: (chunk: Buffer) => void, options: BodyOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (done: () => void): void => {
      clearTimeout(timer);
      options.connection.onBroken = undefined;
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      done();
    };
    const fail = (reason: unknown): void => settle(() => reject(reason));
    const onData = (chunk: Buffer): void => {
      try {
        add(chunk);
      } catch (fault) {
        fail(fault);
      }
    };
    const onEnd = (): void => settle(resolve);
    const onClose = (): void => fail(new CallerGone());
    const expire = (): void => fail(new TankError('request_timeout', { seconds: options.timeoutMs / 1000 }));
    const timer = setTimeout(expire, options.timeoutMs);
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
    options.connection.onBroken = fail;
  });
