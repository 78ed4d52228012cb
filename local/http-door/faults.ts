import { type FieldFault, TankError } from '../../shared/domain/errors.ts';
import { languageOf } from '../../shared/wire/problem.ts';
import type { HttpLimits } from './limits.ts';
import { problemReply, type Reply } from './reply.ts';

/** What Node's parser throws up, in our words. Undefined: the connection is gone, nobody to answer. */
export const faultOfParser = (
  code: string,
  limits: HttpLimits,
): { readonly error: TankError; readonly status?: number } | undefined => {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { error: new TankError('request_timeout', { seconds: limits.headersMs / 1000 }) };
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { error: malformed('headers', `larger than ${limits.maxHeaderBytes} bytes`), status: 431 };
  }
  if (code === 'HPE_INVALID_EOF_STATE') return undefined;
  return code.startsWith('HPE_') ? { error: malformed('request', 'not HTTP/1.1') } : undefined;
};

const malformed = (field: FieldFault['field'], problem: string): TankError =>
  new TankError('invalid_request', {}, { fields: [{ field, problem }] });

/** An answer written past Node's response object, for a request that never became one. */
export const rawProblem = (error: TankError, requestId: string, status?: number): string => {
  const options = { language: languageOf(undefined), requestId, ...(status !== undefined && { status }) };
  const reply = problemReply(error, options);
  const headers: Reply['headers'] = [
    ...reply.headers,
    ['x-request-id', requestId],
    ['content-length', String(Buffer.byteLength(reply.body))],
    ['connection', 'close'],
  ];
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${reply.status} \r\n${lines.join('')}\r\n${reply.body}`;
};
