import { isUtf8 } from 'node:buffer';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { TankError } from '../domain/errors.ts';
import type { Route } from '../wire/api.ts';
import { RawBody } from '../wire/raw-body.ts';
import { type HttpEvent, type HttpMiddleware, routeOf } from './call.ts';

const JSON_TYPE = /^application\/([^;]+\+)?json\s*(;|$)/i;

/** Parses where the route takes JSON. The parser's own errors are not passed on: they carry the body. */
export const jsonBody = (): HttpMiddleware => {
  const parse = httpJsonBodyParser<HttpEvent>().before;
  return {
    before: async (request) => {
      const { route } = routeOf(request.context.call);
      const { event } = request;
      if (sizeOf(event) > route.bodyLimit) throw new TankError('body_too_large', { limit: route.bodyLimit });
      if (!route.body) return;
      if (isEncoded(event))
        throw new TankError('wrong_content_type', { expected: `${expected(route)}, uncompressed` });
      const type = event.headers?.['content-type'] ?? '';
      if (route.rawBody !== undefined && essenceOf(type) === route.rawBody) {
        request.context.call.json = new RawBody(bytesOf(event));
        return;
      }
      if (!JSON_TYPE.test(type) || !isUtf8Text(type, event))
        throw new TankError('wrong_content_type', { expected: expected(route) });
      const parsed = {
        ...request,
        event: { ...event, headers: { ...event.headers, 'content-type': 'application/json' } },
      };
      try {
        await parse?.(parsed);
      } catch {
        throw new TankError('malformed_json');
      }
      request.context.call.json = parsed.event.body;
    },
  };
};

const isEncoded = ({ headers }: HttpEvent): boolean =>
  !/^(identity)?$/i.test(headers?.['content-encoding']?.trim() ?? '');

const sizeOf = ({ body, isBase64Encoded }: HttpEvent): number =>
  body === undefined ? 0 : Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');

const essenceOf = (type: string): string => (type.split(';')[0] ?? '').trim().toLowerCase();

const bytesOf = ({ body = '', isBase64Encoded }: HttpEvent): Buffer =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');

/** JSON is UTF-8 (RFC 8259); what is of another charset would be read as other letters without anybody noticing. */
const isUtf8Text = (type: string, event: HttpEvent): boolean => {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(charset) && (!event.isBase64Encoded || isUtf8(bytesOf(event)));
};

const expected = ({ rawBody }: Route): string =>
  `application/json in UTF-8${rawBody === undefined ? '' : ` or ${rawBody}`}`;
