import { corsHeaders } from '../wire/cors.ts';
import type { ChainPorts, HttpMiddleware } from './call.ts';

/** On every reply, also on faults: a page must be able to read why it was refused. */
export const cors = ({ access }: ChainPorts): HttpMiddleware => {
  const add: NonNullable<HttpMiddleware['after']> = ({ event, response }) => {
    if (response)
      response.headers = { ...response.headers, ...corsHeaders(event.headers?.origin, access.origins) };
  };
  return { after: add, onError: add };
};
