import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './reply.ts';

export interface WriteOptions {
  readonly writeMs: number;
  readonly lingerMs: number;
  /** The connection ends with this answer. */
  readonly last: boolean;
}

/** Resolves when the caller has it all, or is cut off for being too slow. */
export const writeReply = async (
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  options: WriteOptions,
): Promise<void> => {
  const timer = setTimeout(() => response.destroy(), options.writeMs);
  try {
    const last = options.last || !request.complete;
    const content = reply.stream ? undefined : contentOf(reply);
    writeHead(response, reply, content?.length, last);
    if (request.method !== 'HEAD') {
      // A long export may take hours; what is cut off is a caller who takes nothing of it for so long.
      if (reply.stream) await writeStream(response, reply.stream, () => timer.refresh());
      else if (content) await writeAll(response, content.slices());
    }
    await (request.complete ? undefined : linger(request, response, options.lingerMs));
    response.end();
    if (!response.writableFinished) await settled(response, 'finish');
  } finally {
    clearTimeout(timer);
  }
};

const BODYLESS = new Set([204, 205, 304]);

const writeHead = (
  response: ServerResponse,
  reply: Reply,
  length: number | undefined,
  last: boolean,
): void => {
  for (const [name, value] of reply.headers) response.setHeader(name, value);
  if (reply.cookies.length > 0) response.setHeader('set-cookie', reply.cookies);
  if (length !== undefined && !BODYLESS.has(reply.status)) response.setHeader('content-length', length);
  if (last) response.setHeader('connection', 'close');
  response.writeHead(reply.status);
};

const writeAll = async (response: ServerResponse, slices: Iterable<Buffer>): Promise<void> => {
  for (const slice of slices) {
    if (response.destroyed) return;
    if (!response.write(slice)) await settled(response, 'drain');
  }
};

const writeStream = async (
  response: ServerResponse,
  chunks: AsyncIterable<string>,
  onProgress: () => void,
): Promise<void> => {
  for await (const chunk of chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await settled(response, 'drain');
    onProgress();
  }
};

/** The event, or the end of the connection, whichever is first. */
const settled = (stream: ServerResponse | IncomingMessage, event: string): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed) return resolve();
    const done = (): void => {
      stream.off(event, done).off('close', done);
      resolve();
    };
    stream.on(event, done).on('close', done);
  });

/**
 * Closing a socket that holds unread bytes sends a reset, and the reset can overtake the answer
 * (RFC 9112 §9.6). So the answer goes out whole, the rest of the request is read and thrown away
 * for a while, and only then the connection ends.
 */
const linger = async (
  request: IncomingMessage,
  response: ServerResponse,
  lingerMs: number,
): Promise<void> => {
  const timer = setTimeout(() => response.destroy(), lingerMs);
  response.flushHeaders();
  request.resume();
  await settled(request, 'end');
  clearTimeout(timer);
};

interface Content {
  readonly length: number;
  slices(): Iterable<Buffer>;
}

/** A large body goes out in slices: a copy of the whole would double its memory while the caller reads. */
const contentOf = ({ status, body, base64 }: Reply): Content => {
  if (BODYLESS.has(status) || body === '') return { length: 0, slices: () => [] };
  if (!base64) return { length: Buffer.byteLength(body), slices: () => slicesOf(body, 'utf8') };
  if (!isPlainBase64(body)) return whole(Buffer.from(body, 'base64'));
  return { length: Buffer.byteLength(body, 'base64'), slices: () => slicesOf(body, 'base64') };
};

const whole = (content: Buffer): Content => ({ length: content.length, slices: () => [content] });

/** Without blanks and padded, so that any four characters are three bytes. */
const isPlainBase64 = (body: string): boolean => {
  const end = body.search(/[^A-Za-z0-9+/]/);
  const padding = end < 0 ? '' : body.slice(end);
  return body.length % 4 === 0 && (padding === '' || padding === '=' || padding === '==');
};

const SLICE = 64 * 1024;

function* slicesOf(body: string, encoding: 'utf8' | 'base64'): Generator<Buffer> {
  let at = 0;
  while (at < body.length) {
    const end =
      at + SLICE - (encoding === 'utf8' && isHighSurrogate(body.charCodeAt(at + SLICE - 1)) ? 1 : 0);
    yield Buffer.from(body.slice(at, end), encoding);
    at = end;
  }
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
