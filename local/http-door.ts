import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import { TankError } from '../shared/domain/errors.ts';
import { CallerGone } from './http-door/body.ts';
import { connectionOf } from './http-door/connection.ts';
import type { Peer } from './http-door/event.ts';
import { createExchange, type ExchangeOptions } from './http-door/exchange.ts';
import { faultOfParser, rawProblem } from './http-door/faults.ts';
import { HTTP_LIMITS, type HttpLimits } from './http-door/limits.ts';
import type { InFlight } from './in-flight.ts';

export interface HttpDoorOptions extends Omit<ExchangeOptions, 'limits' | 'peerOf'> {
  readonly inFlight: InFlight;
  readonly limits?: Partial<HttpLimits>;
  readonly tls?: TlsOptions;
  readonly peerOf?: ExchangeOptions['peerOf'];
}

export interface HttpDoor {
  readonly server: Server;
  /** Stops listening; answers that are under way are the last of their connections. */
  stopListening(): void;
  /** Ends every connection, whatever it is doing. */
  cut(): void;
}

/** API Gateway's part, on-prem: HTTP in, payload 2.0 to the handler, its answer out. Not listening yet. */
export const createHttpDoor = (options: HttpDoorOptions): HttpDoor => {
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const server = createBoundedServer(limits, options.tls);
  const state = { draining: false };
  const exchange = createExchange({ ...options, limits, peerOf: options.peerOf ?? peerOfSocket }, state);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const connection = connectionOf(request.socket);
    if (connection.ending) return;
    if (connection.waiting >= limits.maxPipelined) {
      request.socket.destroy();
      return;
    }
    const turn = connection.takeTurn(() => exchange(request, response, connection));
    void options.inFlight.track(turn);
  };
  server.on('request', onRequest).on('checkContinue', onRequest).on('checkExpectation', onRequest);
  server.on('connect', (_, socket) => answerConnect(socket, options.runtime.id(), limits));
  server.on('listening', () => {
    // Without a listener, a fault of the socket that accepts would end the process.
    server.on('error', (fault) => options.runtime.log.error('http_listener_failed', {}, fault));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    answerBroken(error.code ?? '', socket, options.runtime.id(), limits);
  });
  return {
    server,
    stopListening: () => {
      state.draining = true;
      server.close();
    },
    cut: () => server.closeAllConnections(),
  };
};

const createBoundedServer = (limits: HttpLimits, tls: HttpDoorOptions['tls']): Server => {
  const bounds: ServerOptions = {
    headersTimeout: limits.headersMs,
    // The door itself judges the body's time and answers in the caller's language; this is behind it.
    requestTimeout: limits.headersMs + limits.readMs + limits.lingerMs,
    connectionsCheckingInterval: Math.min(1_000, limits.headersMs / 2),
    keepAliveTimeout: limits.idleMs,
    maxHeaderSize: limits.maxHeaderBytes,
    // The door answers that itself, as a problem.
    requireHostHeader: false,
  };
  const server = tls
    ? createTlsServer({ ...bounds, ...tls, handshakeTimeout: limits.headersMs })
    : createServer(bounds);
  // Beyond its default of 2,000 Node drops headers silently; maxHeaderSize bounds them already.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.maxConnections;
  return server;
};

const peerOfSocket = (request: IncomingMessage): Peer => ({
  sourceIp: (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, ''),
});

/** Bytes that are no request. An answer under way goes first; a body under way ends with this fault. */
const answerBroken = (code: string, socket: Duplex, requestId: string, limits: HttpLimits): void => {
  const fault = faultOfParser(code, limits);
  const connection = connectionOf(socket);
  if (!fault || !socket.writable) {
    connection.break(new CallerGone());
    socket.destroy();
    return;
  }
  connection.break(fault.error);
  void connection.takeTurn(async () => {
    if (!connection.ending) endWith(rawProblem(fault.error, requestId, fault.status), socket, limits);
    connection.ending = true;
  });
};

/** This is no proxy. */
const answerConnect = (socket: Duplex, requestId: string, limits: HttpLimits): void => {
  const allowed = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].join(', ');
  endWith(rawProblem(new TankError('wrong_method', { allowed }), requestId), socket, limits);
};

const endWith = (answer: string, socket: Duplex, limits: HttpLimits): void => {
  socket.end(answer);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), limits.lingerMs);
  socket.once('close', () => clearTimeout(timer));
};
