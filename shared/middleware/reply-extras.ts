import type { HttpMiddleware } from './call.ts';

/** Headers and cookies that pieces of the chain gave the call along, on every reply. */
export const replyExtras = (): HttpMiddleware => {
  const add: NonNullable<HttpMiddleware['after']> = ({ response, context: { call } }) => {
    if (!response) return;
    response.headers = { ...response.headers, ...call.extras.headers };
    if (call.extras.cookies.length > 0) response.cookies = [...call.extras.cookies];
  };
  return { after: add, onError: add };
};
