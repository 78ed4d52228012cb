import {
  describeError,
  type ErrorClass,
  type ErrorCode,
  type FieldFault,
  type Language,
  type TankError,
} from '../domain/errors.ts';

/** RFC 9457. `type` stays about:blank: `code` is the stable name, and the code list is its only document. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly FieldFault[];
}

export const PROBLEM_TYPE = 'application/problem+json';

const STATUS_OF_CLASS: Readonly<Record<ErrorClass, number>> = {
  request: 400,
  access: 403,
  missing: 404,
  conflict: 409,
  recipient: 422,
  content: 422,
  attachment: 422,
  config: 422,
  internal: 500,
  source: 502,
  transport: 502,
  quota: 503,
  store: 503,
};

const STATUS_OF_CODE: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  wrong_credentials: 401,
  wrong_method: 405,
  request_timeout: 408,
  body_too_large: 413,
  wrong_content_type: 415,
  too_many_requests: 429,
  configuration_invalid: 500,
  store_corrupt: 500,
  source_unreachable: 503,
  transport_throttled: 503,
};

export const statusOf = (error: TankError): number =>
  STATUS_OF_CODE[error.code] ?? STATUS_OF_CLASS[error.class];

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

export interface ProblemContext {
  readonly language: Language;
  readonly requestId: string;
  /** Where the protocol asks for another status than the code does. */
  readonly status?: number;
}

/** What a caller is told: never more than the code's own sentence, whatever caused it. */
export const toProblem = (error: TankError, context: ProblemContext): Problem => {
  const status = context.status ?? statusOf(error);
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    code: error.code,
    detail: describeError(error.code, error.facts, context.language),
    requestId: context.requestId,
    ...(error.fields.length > 0 && { errors: error.fields }),
  };
};

/** `Accept-Language` to one of ours. Who states nothing reads Korean; who states only others reads English. */
export const languageOf = (acceptLanguage: string | undefined): Language => {
  const wishes = (acceptLanguage ?? '')
    .split(',', 20)
    .map(toWish)
    .filter((wish) => wish.weight > 0)
    .sort((a, b) => b.weight - a.weight);
  const known = wishes.find((wish) => ['ko', 'en', '*'].includes(wish.language));
  if (!known) return wishes.length > 0 ? 'en' : 'ko';
  return known.language === 'en' ? 'en' : 'ko';
};

const toWish = (part: string): { readonly language: string; readonly weight: number } => {
  const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const weight = quality === undefined ? 1 : Number(quality);
  const language = /^(\*|[a-z]{1,8})(?=-|$)/.exec(tag)?.[0];
  return { language: language ?? '', weight: language === undefined || Number.isNaN(weight) ? 0 : weight };
};
