import { toTankError } from '../domain/errors.ts';
import { toProblem } from '../wire/problem.ts';
import type { HttpMiddleware } from './call.ts';

/** Every fault becomes RFC 9457; what is not ours becomes `internal`, and its text stays in the log. */
export const problemJson = (): HttpMiddleware => ({
  onError: (request) => {
    const { requestId, language } = request.context.call;
    const problem = toProblem(toTankError(request.error), { requestId, language });
    request.response = {
      statusCode: problem.status,
      headers: { ...problem.headers, 'x-request-id': requestId },
      body: JSON.stringify(problem.body),
    };
  },
});
