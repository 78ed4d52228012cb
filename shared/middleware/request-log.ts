import { toTankError } from '../domain/errors.ts';
import type { Runtime } from '../ports/runtime.ts';
import { statusOf } from '../wire/problem.ts';
import type { Call, HttpMiddleware } from './call.ts';

/** One line a request: which operation, how it ended, how long it took. No path, address, name or value. */
export const requestLog = ({ clock, log }: Runtime): HttpMiddleware => {
  const fieldsOf = (call: Call) => ({
    requestId: call.requestId,
    operation: call.match?.operation ?? 'none',
    principal: call.principal?.id,
    ms: Math.round(clock.monotonic() - call.startedAt),
  });
  return {
    after: ({ context, response }) => {
      log.info('http_request', { ...fieldsOf(context.call), status: response?.statusCode });
    },
    onError: ({ context, error }) => {
      const fault = toTankError(error);
      const status = statusOf(fault.code);
      const fields = { ...fieldsOf(context.call), status, code: fault.code };
      if (status >= 500) log.error('http_request', fields, fault.cause ?? fault);
      else log.info('http_request', fields);
    },
  };
};
