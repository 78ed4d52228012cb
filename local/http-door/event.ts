import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { TankError } from '../../shared/domain/errors.ts';
import { LOCAL_ACCOUNT } from '../invoke.ts';
import { type DoorRoute, decodePercent } from './routes.ts';

export interface Target {
  readonly rawPath: string;
  readonly rawQueryString: string;
}

/** Who calls, as far as the connection proves it. A door with mutual TLS adds the certificate. */
export interface Peer {
  readonly sourceIp: string;
  readonly clientCert?: ClientCert;
}

type Authentication = NonNullable<APIGatewayProxyEventV2['requestContext']['authentication']>;
type ClientCert = Authentication['clientCert'];

/** Origin form, or the absolute form that proxies are sent (RFC 9112 §3.2). */
export const targetOf = (url: string): Target => {
  const origin = url.startsWith('/') ? url : /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1];
  if (origin === undefined) throw new TankError('malformed_path');
  const mark = origin.indexOf('?');
  const rawPath = (mark < 0 ? origin : origin.slice(0, mark)) || '/';
  return { rawPath, rawQueryString: mark < 0 ? '' : origin.slice(mark + 1) };
};

export interface EventParts {
  readonly request: IncomingMessage;
  readonly target: Target;
  readonly route: DoorRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly peer: Peer;
  readonly requestId: string;
  readonly now: number;
}

/** The event of an HTTP API, payload 2.0. What is empty is absent, as there. */
export const toEvent = (parts: EventParts): APIGatewayProxyEventV2 => {
  const { request, target, route, pathParameters, body, now } = parts;
  const { headers, cookies } = headersOf(request);
  const query = queryOf(target.rawQueryString);
  return {
    version: '2.0',
    routeKey: `${route.method} ${route.path}`,
    rawPath: target.rawPath,
    rawQueryString: target.rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: requestContextOf(parts, headers, new Date(now)),
    ...(body && encodeBody(body, request)),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters: { ...pathParameters } }),
    isBase64Encoded: body !== undefined && !isText(body, request),
  };
};

const requestContextOf = (
  { request, target, route, peer, requestId, now }: EventParts,
  headers: Readonly<Record<string, string>>,
  date: Date,
): APIGatewayProxyEventV2['requestContext'] => {
  const domainName = (headers.host ?? '').replace(/:\d+$/, '');
  return {
    accountId: LOCAL_ACCOUNT,
    apiId: 'local',
    ...(peer.clientCert && { authentication: { clientCert: peer.clientCert } }),
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    http: {
      method: route.method,
      path: target.rawPath,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: peer.sourceIp,
      userAgent: headers['user-agent'] ?? '',
    },
    requestId,
    routeKey: `${route.method} ${route.path}`,
    stage: '$default',
    time: toCommonLogTime(date),
    timeEpoch: now,
  };
};

/** HTTP APIs move cookies out of the headers into a list of their own. */
const headersOf = (request: IncomingMessage) => {
  const { cookie = [], ...others } = request.headersDistinct;
  const headers: Record<string, string> = Object.fromEntries(
    Object.entries(others).map(([name, values = []]) => [name, values.join(',')]),
  );
  const cookies = cookie.flatMap((line) => line.split(';')).map((pair) => pair.trim());
  return { headers, cookies: cookies.filter((pair) => pair !== '') };
};

const queryOf = (raw: string): Record<string, string> => {
  const values = new Map<string, string[]>();
  for (const pair of raw.split('&').filter((part) => part !== '')) {
    const [name = '', ...value] = pair.split('=').map((piece) => piece.replaceAll('+', ' '));
    const key = decodePercent(name);
    values.set(key, [...(values.get(key) ?? []), decodePercent(value.join('='))]);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.join(',')]));
};

const encodeBody = (body: Buffer, request: IncomingMessage) => ({
  body: body.toString(isText(body, request) ? 'utf8' : 'base64'),
});

/**
 * Measured on AWS (ministackorg/ministack#766): only these arrive as text; everything else is base64,
 * a form (application/x-www-form-urlencoded) and a body without a type as well.
 */
const TEXT_TYPES = /^(text\/[^;]*|application\/(json|xml|javascript))\s*(;|$)/i;

const isText = (body: Buffer, request: IncomingMessage): boolean =>
  TEXT_TYPES.test(request.headers['content-type'] ?? '') &&
  request.headers['content-encoding'] === undefined &&
  isUtf8(body);

/** 01/Mar/2026:09:30:00 +0000 */
const toCommonLogTime = (date: Date): string => {
  const [, day = '', month = '', year = '', time = ''] = date.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
};
