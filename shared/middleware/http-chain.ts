import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { TankError } from '../domain/errors.ts';
import type { Principal } from '../domain/permissions.ts';
import type { Api, Route } from '../wire/api.ts';
import { authenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import {
  type ApiRequest,
  type ChainPorts,
  type HttpContext,
  type HttpEvent,
  type HttpReply,
  type Operations,
  routeOf,
} from './call.ts';
import { cors } from './cors.ts';
import { csrf } from './csrf.ts';
import { identify } from './identify.ts';
import { jsonBody } from './json-body.ts';
import { knowClient } from './know-client.ts';
import { callOpener } from './open-call.ts';
import { problemJson } from './problem-json.ts';
import { rateLimits } from './rate-limit.ts';
import { recordActs } from './record-acts.ts';
import { renderReply } from './render-reply.ts';
import { replyExtras } from './reply-extras.ts';
import { requestLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';
import { validate } from './validate.ts';
import { watchCallers } from './watch-callers.ts';

export type HttpHandler = (event: HttpEvent, context: Context) => Promise<HttpReply>;

/** Made anew for each caller, who is given no more than what is his. */
type OperationsFor<A extends Api> = (principal: Principal | undefined) => Operations<A>;

/**
 * The one chain of every HTTP function. Nobody's body is read before the caller may call at all;
 * on the way out the order is reversed, so the log sees what the caller gets.
 */
export const httpChain = <const A extends Api>(
  api: A,
  operations: Operations<A> | OperationsFor<A>,
  ports: ChainPorts,
): HttpHandler => {
  const openCall = callOpener(api, ports);
  const limits = rateLimits(ports);
  const chain = middy<HttpEvent, HttpReply, Error, HttpContext>(dispatcher(operations))
    .use(requestLog(ports.runtime))
    .use(securityHeaders())
    .use(cors(ports))
    .use(replyExtras())
    .use(problemJson())
    .use(watchCallers(ports))
    .use(limits.refuseKnown)
    .use(identify(ports))
    .use(limits.countCallers)
    .use(knowClient(ports))
    .use(authenticate(ports))
    .use(limits.countUsers)
    .use(csrf(ports))
    .use(authorize())
    .use(jsonBody())
    .use(validate())
    .use(recordActs(ports));
  return (event, context) => chain(event, openCall(event, context));
};

type AnyOperation = (request: ApiRequest<Route>) => Promise<unknown>;

const dispatcher = (operations: object | ((principal: Principal | undefined) => object)) => {
  // `validate` has made the input from the schemas of this very route; the compiler has held the operation against them.
  const operationsOf = (principal: Principal | undefined) =>
    (typeof operations === 'function' ? operations(principal) : operations) as Readonly<
      Record<string, AnyOperation>
    >;
  return async (event: HttpEvent, { call, takeStream }: HttpContext): Promise<HttpReply> => {
    const { operation, route } = routeOf(call);
    // `operation` is a name of the api, not of the caller's.
    const operate = operationsOf(call.principal)[operation];
    if (!operate || !call.input) throw new TankError('unknown_route');
    const { requestId, language, address, extras } = call;
    const request = {
      ...call.input,
      principal: call.principal,
      client: call.client,
      requestId,
      language,
      address,
      extras,
      event,
    } as ApiRequest<Route>;
    return renderReply(route, await operate(request), { requestId, takeStream });
  };
};
