import type { Context } from 'aws-lambda';
import { clientAddress } from '../domain/client-address.ts';
import { type Api, routeKey } from '../wire/api.ts';
import { languageOf } from '../wire/problem.ts';
import type { Call, ChainPorts, HttpContext, HttpEvent, RouteMatch } from './call.ts';

/** Gives a request its identity, language and route, and refuses nothing: the chain does, where a fault gets its reply. */
export const callOpener = (api: Api, { runtime, access }: Pick<ChainPorts, 'runtime' | 'access'>) => {
  const routes = new Map<string, RouteMatch>(
    Object.entries(api).map(([operation, route]) => [routeKey(route), { operation, route }]),
  );
  return (event: HttpEvent, context: Context): HttpContext => {
    const call: Call = {
      requestId: event.requestContext?.requestId ?? runtime.id(),
      language: languageOf(event.headers?.['accept-language']),
      startedAt: runtime.clock.monotonic(),
      match: routes.get(event.routeKey),
      address: clientAddress(event.requestContext?.http?.sourceIp ?? '', event.headers ?? {}, access.proxies),
      extras: { headers: {}, cookies: [] },
    };
    // A context of its own: a host may hand the same object to several requests.
    return Object.assign<Context, { call: Call }>(Object.create(context ?? null), { call });
  };
};
