import type { IncomingMessage, ServerResponse } from 'node:http';
import { TankError, toTankError } from '../../shared/domain/errors.ts';
import type { Runtime } from '../../shared/ports/runtime.ts';
import { preflightHeaders } from '../../shared/wire/cors.ts';
import { languageOf } from '../../shared/wire/problem.ts';
import type { DoorMetrics } from '../door-metrics.ts';
import type { Invoke } from '../invoke.ts';
import { type BodyLease, CallerGone, createBodyBudget, readBody } from './body.ts';
import type { Connection } from './connection.ts';
import { type Peer, targetOf, toEvent } from './event.ts';
import type { HttpLimits } from './limits.ts';
import { problemReply, type Reply, textReply, toReply } from './reply.ts';
import { createMatcher, type DoorRoute, type MatchRoute, type RouteMatch } from './routes.ts';
import { writeReply } from './write.ts';

/** By path; GET and HEAD only. */
export type HostRoutes = ReadonlyMap<string, () => Promise<Reply> | Reply>;

export interface ExchangeOptions {
  readonly routes: readonly DoorRoute[];
  /** By function name. */
  readonly invokers: ReadonlyMap<string, Invoke>;
  /** What the host answers itself, such as /health. */
  readonly hostRoutes: HostRoutes;
  readonly runtime: Runtime;
  readonly metrics: DoorMetrics;
  readonly limits: HttpLimits;
  /** Origins whose pages may call. */
  readonly origins?: readonly string[];
  /** Who calls. A door behind a proxy or with client certificates knows more than the socket's address. */
  readonly peerOf: (request: IncomingMessage) => Peer;
}

/** One request and its answer, as far as they have come. */
interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: Connection;
  readonly requestId: string;
  readonly lease: BodyLease;
  route: string;
}

export type Exchange = (
  request: IncomingMessage,
  response: ServerResponse,
  connection: Connection,
) => Promise<void>;

/** Never throws: whatever happens becomes an answer, or the end of the connection. */
export const createExchange = (options: ExchangeOptions, state: { readonly draining: boolean }): Exchange => {
  const match = createMatcher(options.routes);
  const newLease = createBodyBudget(options.limits.maxBodyBytes);
  return async (request, response, connection) => {
    if (connection.ending) return;
    const requestId = options.runtime.id();
    const call: Call = { request, response, connection, requestId, lease: newLease(), route: 'unmatched' };
    response.on('error', (error) => options.runtime.log.debug('http_write_failed', { error: error.name }));
    try {
      const reply = await answer(call, match, options).catch((thrown) =>
        toFaultReply(thrown, call, options.runtime),
      );
      if (reply) await send(reply, call, options, state.draining);
    } catch (thrown) {
      options.runtime.log.error('http_exchange_failed', { requestId }, thrown);
      response.destroy();
    } finally {
      call.lease.end();
    }
  };
};

const send = async (reply: Reply, call: Call, options: ExchangeOptions, draining: boolean): Promise<void> => {
  const { request, response, connection, requestId } = call;
  const last = draining || !request.complete || connection.broken;
  connection.ending = last;
  response.setHeader('x-request-id', requestId);
  options.metrics.request(methodLabel(request.method), call.route, reply.status);
  await writeReply(request, response, reply, { ...options.limits, last });
};

const answer = async (call: Call, match: MatchRoute, options: ExchangeOptions): Promise<Reply> => {
  demandPlain(call.request);
  const method = call.request.method ?? '';
  const target = targetOf(call.request.url ?? '');
  const own = options.hostRoutes.get(target.rawPath);
  if (own) {
    call.route = target.rawPath;
    return method === 'GET' || method === 'HEAD' ? own() : refuseMethod(call, ['GET', 'HEAD']);
  }
  const found = match(method, target.rawPath);
  if (found.kind !== 'found') return answerUnmatched(found, method, call, options);
  call.route = found.route.path;
  const body = await readBodyOf(call, found.route, options);
  const event = toEvent({
    ...found,
    request: call.request,
    target,
    body,
    peer: options.peerOf(call.request),
    requestId: call.requestId,
    now: options.runtime.clock.now(),
  });
  return callHandler(event, found.route, call.requestId, options);
};

/** HTTP/1.1 wants a host, and of the expectations there is only one that a door can meet. */
const demandPlain = ({ headers, httpVersion }: IncomingMessage): void => {
  if (headers.host === undefined && httpVersion === '1.1')
    throw new TankError('invalid_request', {}, { fields: [{ field: 'host', problem: 'is missing' }] });
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    throw new TankError(
      'invalid_request',
      {},
      { fields: [{ field: 'expect', problem: 'expected: 100-continue' }] },
    );
};

const answerUnmatched = (
  found: Exclude<RouteMatch, { kind: 'found' }>,
  method: string,
  call: Call,
  { origins = [] }: ExchangeOptions,
): Reply => {
  if (found.kind === 'unknown') throw new TankError('unknown_route');
  call.route = found.path;
  if (method !== 'OPTIONS') return refuseMethod(call, found.allowed);
  const cors = Object.entries(preflightHeaders(call.request.headers.origin, origins));
  return { ...textReply(204, 'text/plain', ''), headers: [['allow', found.allowed.join(', ')], ...cors] };
};

const refuseMethod = (call: Call, methods: readonly string[]): Reply => {
  const allowed = methods.join(', ');
  return toProblemReply(new TankError('wrong_method', { allowed }), call, [['allow', allowed]]);
};

const readBodyOf = (
  call: Call,
  route: DoorRoute,
  { limits }: ExchangeOptions,
): Promise<Buffer | undefined> => {
  const { request, response, lease, connection } = call;
  const waits = request.headers.expect?.toLowerCase() === '100-continue';
  return readBody(request, {
    limit: route.bodyLimit,
    timeoutMs: limits.readMs,
    lease,
    connection,
    welcome: () => (waits ? response.writeContinue() : undefined),
  });
};

/** Whatever a handler throws is internal here, as it is on Lambda; its own errors it answers itself. */
const callHandler = async (
  event: unknown,
  route: DoorRoute,
  requestId: string,
  { invokers, runtime }: ExchangeOptions,
): Promise<Reply> => {
  try {
    const invoke = invokers.get(route.functionName);
    if (!invoke) throw new Error(`no invoker for ${route.functionName}`);
    let stream: AsyncIterable<string> | undefined;
    const takeStream = (chunks: AsyncIterable<string>): void => {
      stream = chunks;
    };
    const reply = toReply(await invoke(event, requestId, takeStream));
    return stream ? { ...reply, stream } : reply;
  } catch (cause) {
    const fields = { requestId, function: route.functionName, route: `${route.method} ${route.path}` };
    runtime.log.error('http_handler_failed', fields, cause);
    throw new TankError('internal', {}, { cause });
  }
};

const toFaultReply = (thrown: unknown, call: Call, { log }: Runtime): Reply | undefined => {
  if (thrown instanceof CallerGone) return undefined;
  if (!(thrown instanceof TankError)) log.error('http_door_failed', { requestId: call.requestId }, thrown);
  const error = toTankError(thrown);
  return toProblemReply(error, call, error.code === 'too_many_requests' ? [['retry-after', '1']] : []);
};

const toProblemReply = (error: TankError, call: Call, headers: Reply['headers']): Reply =>
  problemReply(error, {
    language: languageOf(call.request.headers['accept-language']),
    requestId: call.requestId,
    headers,
  });

/** Method names come from the caller; only known ones become a label. */
const methodLabel = (method = ''): string =>
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].includes(method) ? method : 'other';
