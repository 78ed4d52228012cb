import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { z } from 'zod';
import { type Language, TankError } from '../domain/errors.ts';
import type { Principal } from '../domain/permissions.ts';
import type { AuditEntry } from '../ports/audit.ts';
import type { Client } from '../ports/clients.ts';
import type { AccessClaims } from '../ports/identity.ts';
import type { Ports } from '../ports/ports.ts';
import type { Api, Route } from '../wire/api.ts';
import type { RawBody } from '../wire/raw-body.ts';
import type { Streamed } from '../wire/streamed.ts';

export type HttpEvent = APIGatewayProxyEventV2;
export type HttpReply = APIGatewayProxyStructuredResultV2;

/** What the chain learns about one request, from the outside in. */
export interface Call {
  readonly requestId: string;
  readonly language: Language;
  readonly startedAt: number;
  readonly match: RouteMatch | undefined;
  /** Who calls, past the proxies that we trust. */
  readonly address: string;
  /** What the reply, also that of a fault, carries beside its body. */
  readonly extras: ReplyExtras;
  credential?: Credential;
  principal?: Principal;
  /** Of a route that only other systems may call. */
  client?: Client;
  input?: {
    readonly params: unknown;
    readonly query: unknown;
    readonly headers: unknown;
    readonly body: unknown;
  };
  json?: unknown;
  /** What was recorded as about to happen. */
  recorded?: AuditEntry;
}

export interface ReplyExtras {
  readonly headers: Record<string, string>;
  readonly cookies: string[];
}

/** What a caller shows to say who he is; only of an access token is it known by itself whose it is. */
export type Credential =
  | { readonly kind: 'access'; readonly claims: AccessClaims }
  | { readonly kind: 'api-token'; readonly secret: string }
  | { readonly kind: 'cookie'; readonly secret: string }
  | { readonly kind: 'refused'; readonly fault: TankError };

export interface RouteMatch {
  readonly operation: string;
  readonly route: Route;
}

export interface HttpContext extends Context {
  readonly call: Call;
  /** A host that can write a reply while it is made takes it here; Lambda behind an HTTP API cannot. */
  readonly takeStream?: (chunks: AsyncIterable<string>) => void;
}

export type HttpMiddleware = MiddlewareObj<HttpEvent, HttpReply, Error, HttpContext>;

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;
type Part<R, K extends string> = K extends keyof R ? Parsed<R[K]> : undefined;

/** What an operation is given: everything checked, nothing raw but the event. */
export interface ApiRequest<R extends Route> {
  readonly params: Part<R, 'params'>;
  readonly query: Part<R, 'query'>;
  readonly headers: Part<R, 'headers'>;
  readonly body: Part<R, 'body'> | (R extends { readonly rawBody: string } ? RawBody : never);
  readonly principal: R['permission'] extends 'public' | 'client' ? undefined : Principal;
  readonly client: R['permission'] extends 'client' ? Client : undefined;
  readonly language: Language;
  readonly requestId: string;
  /** Who calls, past the proxies that we trust. */
  readonly address: string;
  readonly extras: ReplyExtras;
  readonly event: HttpEvent;
}

/** One operation for each route of the api; the compiler misses the missing one. */
export type Operations<A extends Api> = {
  readonly [K in keyof A]: (
    request: ApiRequest<A[K]>,
  ) => Promise<z.input<A[K]['reply']> | (A[K] extends { readonly streams: string } ? Streamed : never)>;
};

export type ChainPorts = Pick<
  Ports,
  | 'runtime'
  | 'access'
  | 'vault'
  | 'tokens'
  | 'sessions'
  | 'apiTokens'
  | 'secretMaker'
  | 'counters'
  | 'alerts'
  | 'signals'
  | 'audit'
  | 'clients'
  | 'certificates'
>;

export const routeOf = (call: Call): RouteMatch => {
  if (!call.match) throw new TankError('unknown_route');
  return call.match;
};
