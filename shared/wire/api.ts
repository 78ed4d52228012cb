import type { z } from 'zod';
import type { AuditEvent } from '../domain/audit-event.ts';
import type { LimitClass } from '../domain/rate-limit.ts';

/**
 * A door of the HTTP API, described once: the manifest deploys it, the middleware validates with it,
 * the OpenAPI document prints it, and the compiler demands an operation for it.
 */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * public: no token · client: another system, by its certificate · token: any signed-in principal · session: a person's own account, not with an API token ·
 * otherwise `resource:action`.
 */
export type Permission = 'public' | 'client' | 'token' | 'session' | `${string}:${string}`;

export interface Route {
  readonly method: Method;
  /** API Gateway form: `/api/v1/runs/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly permission: Permission;
  /** Counted in this class as well as for its caller. */
  readonly limit?: LimitClass;
  /**
   * Recorded before it happens, once it is allowed; a privileged one that cannot be recorded is refused. With
   * `ifAsked`, only when the query has that field.
   */
  readonly audit?: AuditEvent | { readonly event: AuditEvent; readonly ifAsked: string };
  /** A session that looks a little odd must be confirmed first. */
  readonly sensitive?: true;
  /** Needed to get out of it: open to sessions that must be confirmed, or whose account must be set up first. */
  readonly duringSetup?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Headers that the operation reads, in lower case; others are the protocol's. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** A body of this type is taken as well, and given to the operation as it came. */
  readonly rawBody?: string;
  readonly reply: z.ZodType;
  readonly status: 200 | 201 | 202 | 204 | 302;
  readonly bodyLimit: number;
  /** What the reply is, when it is not JSON. */
  readonly produces?: string;
  readonly replyHeaders?: Readonly<Record<string, string>>;
  /** What the caller may get instead, by Accept, as a stream. */
  readonly streams?: string;
  /** The reply's `version` is its ETag, which If-Match takes. */
  readonly versioned?: true;
}

export type Api = Readonly<Record<string, Route>>;

export const MEGABYTE = 1024 * 1024;

type RouteOptions = Omit<Route, 'method' | 'path' | 'summary' | 'status' | 'bodyLimit'> &
  Partial<Pick<Route, 'status' | 'bodyLimit'>>;

/** `route('POST', '/api/v1/runs', 'Start a run', {…})` with the defaults of SPEC §7 filled in. */
export const route = <const O extends RouteOptions>(
  method: Method,
  path: string,
  summary: string,
  options: O,
) => ({
  method,
  path,
  summary,
  // Not the literal: a generic spread is an intersection, and 200 & 204 would be never.
  status: 200 as Route['status'],
  bodyLimit: MEGABYTE,
  ...options,
});

export type RouteKey = `${Method} ${string}`;
export const routeKey = (r: Pick<Route, 'method' | 'path'>): RouteKey => `${r.method} ${r.path}`;

/** No person or token is asked for: anybody may call, or a certificate says who does. */
export const isOpen = ({ permission }: Pick<Route, 'permission'>): boolean =>
  permission === 'public' || permission === 'client';
