import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { z } from 'zod';
import { MANIFEST } from '../../functions/manifest.ts';
import { OS_SUBJECT } from '../../shared/ports/identity.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { type Route, routeKey } from '../../shared/wire/api.ts';
import { contextOf, type TakeStream } from '../invoke.ts';
import { Refused } from './exit.ts';
import { LOCALE } from './locale.ts';

export interface Input {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls operations through the very handlers that the HTTP door calls, so that checks, rights and audit hold. */
export interface Operator {
  call<R extends Route>(route: R, input?: Input): Promise<z.output<R['reply']>>;
  /** The same for a reply that is a stream. */
  stream(route: Route, input?: Input): Promise<AsyncIterable<string>>;
}

const CALL_MS = 60_000;

export const createOperator = (ports: Ports, user: string): Operator => {
  const ask = async (route: Route, input: Input, takeStream?: TakeStream) => {
    const entry = MANIFEST.find(({ http }) => http && Object.values(http).includes(route));
    if (!entry) throw new Error(`no function serves ${routeKey(route)}`);
    const { token } = await (await ports.tokens()).issue({ subject: `${OS_SUBJECT}${user}`, epoch: 0 });
    const hosted = await entry.load();
    const context = contextOf(entry, randomUUID(), () => CALL_MS, takeStream);
    return (await hosted.handler(toEvent(route, input, token), context)) as APIGatewayProxyStructuredResultV2;
  };
  return {
    call: async <R extends Route>(route: R, input: Input = {}) => readReply(route, await ask(route, input)),
    stream: async (route, input = {}) => {
      let stream: AsyncIterable<string> | undefined;
      const reply = await ask(route, input, (chunks) => {
        stream = chunks;
      });
      refuseProblem(reply);
      if (!stream) throw new Error(`${routeKey(route)} answered no stream`);
      return stream;
    },
  };
};

const refuseProblem = ({ statusCode = 500, body = '' }: APIGatewayProxyStructuredResultV2): void => {
  if (statusCode < 400) return;
  const problem = JSON.parse(body) as Problem;
  throw new Refused(statusCode >= 500 ? 1 : 2, describeProblem(problem), problem.errors ?? []);
};

const readReply = <R extends Route>(
  route: R,
  reply: APIGatewayProxyStructuredResultV2,
): z.output<R['reply']> => {
  refuseProblem(reply);
  const { body = '' } = reply;
  return route.reply.parse(body === '' ? undefined : JSON.parse(body)) as z.output<R['reply']>;
};

interface Problem {
  readonly title: string;
  readonly code: string;
  readonly detail: string;
  readonly mend?: string;
  readonly errors?: readonly { readonly field: string; readonly problem: string }[];
}

const describeProblem = ({ code, detail, mend, errors = [] }: Problem): string =>
  [
    `${detail} (${code})`,
    ...errors.map(({ field, problem }) => `  ${field}: ${problem}`),
    ...(mend ? [`  → ${mend}`] : []),
  ].join('\n');

const toEvent = (
  route: Route,
  { params = {}, query = {}, body, headers = {} }: Input,
  token: string,
): APIGatewayProxyEventV2 => {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const now = Date.now();
  return {
    version: '2.0',
    routeKey: routeKey(route),
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'accept-language': LOCALE,
      ...headers,
    },
    pathParameters: params,
    queryStringParameters: query,
    requestContext: {
      accountId: 'local',
      apiId: 'cli',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method: route.method, path, protocol: 'CLI', sourceIp: '127.0.0.1', userAgent: 'tank-cli' },
      requestId: randomUUID(),
      routeKey: routeKey(route),
      stage: '$default',
      time: new Date(now).toISOString(),
      timeEpoch: now,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
};
