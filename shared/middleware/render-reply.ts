import { z } from 'zod';
import { TankError } from '../domain/errors.ts';
import type { Route } from '../wire/api.ts';
import { Streamed } from '../wire/streamed.ts';
import type { HttpContext, HttpReply } from './call.ts';

export interface RenderOptions {
  readonly requestId: string;
  readonly takeStream: HttpContext['takeStream'] | undefined;
}

/** The reply passes its schema as well: what the document does not name never leaves. */
export const renderReply = async (
  route: Route,
  result: unknown,
  { requestId, takeStream }: RenderOptions,
): Promise<HttpReply> => {
  const headers = { ...route.replyHeaders, 'x-request-id': requestId };
  const { status: statusCode } = route;
  if (statusCode === 204 || statusCode === 302) return { statusCode, headers };
  if (result instanceof Streamed)
    return {
      statusCode,
      headers: { ...headers, ...fileHeaders(route, result) },
      ...(await bodyOf(result, takeStream)),
    };
  if (route.produces)
    return { statusCode, headers: { ...headers, 'content-type': route.produces }, ...rawBody(result) };
  const reply = route.reply.parse(result);
  return {
    statusCode,
    headers: { ...headers, 'content-type': 'application/json', ...(route.versioned && etagOf(reply)) },
    body: JSON.stringify(reply),
  };
};

const RawBody = z.union([z.string(), z.instanceof(Uint8Array)]);

const rawBody = (result: unknown): Pick<HttpReply, 'body' | 'isBase64Encoded'> => {
  const body = RawBody.parse(result);
  return typeof body === 'string'
    ? { body }
    : { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
};

const Versioned = z.object({ version: z.int() });
const etagOf = (reply: unknown) => ({ etag: `"${Versioned.parse(reply).version}"` });

const fileHeaders = ({ streams = 'application/octet-stream' }: Route, { fileName }: Streamed) => ({
  'content-type': streams,
  'content-disposition': `attachment; filename="${fileName}"`,
});

/** Lambda carries 6 MB out, and the reply travels within JSON. */
const WHOLE_BYTES = 5 * 1024 * 1024;

const bodyOf = async (
  { chunks }: Streamed,
  takeStream: RenderOptions['takeStream'],
): Promise<Pick<HttpReply, 'body'>> => {
  if (takeStream) {
    takeStream(chunks);
    return {};
  }
  let body = '';
  let bytes = 0;
  for await (const chunk of chunks) {
    body += chunk;
    bytes += Buffer.byteLength(chunk);
    if (bytes > WHOLE_BYTES) throw new TankError('reply_too_large', { limit: WHOLE_BYTES });
  }
  return { body };
};
