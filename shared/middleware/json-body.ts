import httpJsonBodyParser from '@middy/http-json-body-parser';
import { TankError } from '../domain/errors.ts';
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
      if (!JSON_TYPE.test(event.headers?.['content-type'] ?? ''))
        throw new TankError('wrong_content_type', { expected: 'application/json' });
      if (isEncoded(event))
        throw new TankError('wrong_content_type', { expected: 'application/json, uncompressed' });
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
