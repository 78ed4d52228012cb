import { z } from 'zod';
import type { Route } from '../wire/api.ts';
import type { HttpReply } from './call.ts';

/** The reply passes its schema as well: what the document does not name never leaves. */
export const renderReply = (route: Route, result: unknown, requestId: string): HttpReply => {
  const headers = { 'x-request-id': requestId };
  if (route.status === 204 || route.status === 302) return { statusCode: 204, headers };
  if (route.produces)
    return {
      statusCode: route.status,
      headers: { ...headers, 'content-type': route.produces },
      ...rawBody(result),
    };
  return {
    statusCode: route.status,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(route.reply.parse(result)),
  };
};

const RawBody = z.union([z.string(), z.instanceof(Uint8Array)]);

const rawBody = (result: unknown): Pick<HttpReply, 'body' | 'isBase64Encoded'> => {
  const body = RawBody.parse(result);
  return typeof body === 'string'
    ? { body }
    : { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
};
