import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';

/** What one HTTP exchange came to. */
export type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly errorType?: string;
      readonly body: string;
      /** The wire broke, or the caller gave up, before the body was whole. */
      readonly truncated: boolean;
    }
  | {
      readonly kind: 'broken';
      readonly code: string;
      /** The connection was never made: certainly no byte of the request left. */
      readonly unsent: boolean;
    };

/** SES answers in a few hundred bytes; a peer that sends more than this is not SES. */
const MAX_ANSWER_BYTES = 65_536;

/** One request, sent once, never repeated, never followed to another address. */
export const callOnce = (
  options: RequestOptions,
  body: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<Answer> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve({ kind: 'broken', code: 'ABORT_ERR', unsent: true });
    const request = (options.protocol === 'https:' ? httpsRequest : httpRequest)(options);
    const connection = watchConnection(request, options.protocol === 'https:');
    const abort = () => request.destroy(Object.assign(new Error('aborted'), { code: 'ABORT_ERR' }));
    const settle = (answer: Answer) => {
      signal.removeEventListener('abort', abort);
      resolve(answer);
    };
    signal.addEventListener('abort', abort, { once: true });
    request.on('error', (fault: NodeJS.ErrnoException) => {
      settle({ kind: 'broken', code: codeOf(fault), unsent: !connection.made });
    });
    request.on('response', (response) => collect(response, settle));
    for (const chunk of body) request.write(chunk);
    request.end();
  });

/** A request without a socket, or whose socket still connects or shakes hands, has written nothing. */
const watchConnection = (request: ClientRequest, secure: boolean): { made: boolean } => {
  const connection = { made: false };
  request.on('socket', (socket: Socket) => {
    if (request.reusedSocket || !socket.connecting) connection.made = true;
    else socket.once(secure ? 'secureConnect' : 'connect', () => (connection.made = true));
  });
  return connection;
};

const collect = (response: IncomingMessage, settle: (answer: Answer) => void): void => {
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (truncated: boolean) => {
    const errorType = response.headers['x-amzn-errortype'];
    settle({
      kind: 'answered',
      status: response.statusCode ?? 0,
      ...(typeof errorType === 'string' ? { errorType } : {}),
      body: Buffer.concat(chunks).toString(),
      truncated,
    });
  };
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) response.destroy();
  });
  response.on('end', () => finish(!response.complete));
  response.on('error', () => finish(true));
  response.on('close', () => finish(true));
};

/** Node tries all addresses of a name and then throws an AggregateError, whose parts carry the code. */
const codeOf = (
  fault: NodeJS.ErrnoException & { readonly errors?: readonly NodeJS.ErrnoException[] },
): string => fault.code ?? fault.errors?.[0]?.code ?? fault.name;
