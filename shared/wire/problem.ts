import {
  describeError,
  ERRORS,
  type ErrorClass,
  type ErrorCode,
  type Language,
  type TankError,
} from '../domain/errors.ts';
import { describeMend } from '../domain/mends.ts';

/** RFC 9457. `type` names the error for ever; `code` is the same word, short. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemBody;
}

interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  /** What a person does about it. */
  readonly mend?: string;
  readonly instance?: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly field: string; readonly problem: string }[];
}

export interface ProblemOptions {
  readonly requestId: string;
  readonly language: Language;
  readonly instance?: string;
  /** Where the protocol asks for another status than the code does. */
  readonly status?: number;
}

export const PROBLEM_TYPE = 'application/problem+json';

export const toProblem = (error: TankError, options: ProblemOptions): Problem => {
  const { requestId, language, instance } = options;
  const status = options.status ?? statusOf(error.code);
  const mend = describeMend(error.code, error.facts, language);
  return {
    status,
    headers: {
      'content-type': PROBLEM_TYPE,
      'content-language': language,
      'cache-control': 'no-store',
      ...extraHeaders(error, status),
    },
    body: {
      type: `urn:tank:error:${error.code}`,
      title: TITLES[error.class][language],
      status,
      code: error.code,
      detail: describeError(error.code, error.facts, language),
      ...(mend !== undefined && { mend }),
      ...(instance !== undefined && { instance }),
      requestId,
      ...(error.fields.length > 0 && { errors: error.fields }),
    },
  };
};

/** RFC 9110 demands a challenge with 401 and the methods with 405. */
const extraHeaders = (error: TankError, status: number): Record<string, string> => {
  const { allowed, seconds } = error.facts;
  if (status === 401) return { 'www-authenticate': 'Bearer realm="tank"' };
  if (status === 405 && allowed !== undefined) return { allow: String(allowed) };
  if (status === 429 && seconds !== undefined) return { 'retry-after': String(seconds) };
  return {};
};

export const statusOf = (code: ErrorCode): number =>
  STATUS_OF_CODE[code] ?? STATUS_OF_CLASS[ERRORS[code].class];

const STATUS_OF_CLASS: Readonly<Record<ErrorClass, number>> = {
  recipient: 422,
  content: 422,
  attachment: 422,
  source: 422,
  transport: 502,
  quota: 503,
  config: 422,
  request: 400,
  access: 403,
  missing: 404,
  conflict: 409,
  store: 503,
  internal: 500,
};

const STATUS_OF_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  request_timeout: 408,
  body_too_large: 413,
  wrong_content_type: 415,
  wrong_method: 405,
  unauthenticated: 401,
  wrong_credentials: 401,
  sign_in_again: 401,
  second_factor_required: 401,
  captcha_required: 401,
  too_many_requests: 429,
  client_quota_exhausted: 429,
  source_unreachable: 503,
  configuration_invalid: 500,
  master_key_lost: 500,
  secret_refused: 500,
};

const TITLES: Readonly<Record<ErrorClass, Readonly<Record<Language, string>>>> = {
  recipient: { en: 'Recipient not usable', ko: '수신자 오류' },
  content: { en: 'Content not usable', ko: '내용 오류' },
  attachment: { en: 'Attachment not usable', ko: '첨부 파일 오류' },
  source: { en: 'Data source at fault', ko: '데이터 소스 오류' },
  transport: { en: 'Transport at fault', ko: '전송 시스템 오류' },
  quota: { en: 'Quota used up', ko: '발송 한도 초과' },
  config: { en: 'Configuration at fault', ko: '설정 오류' },
  request: { en: 'Request at fault', ko: '잘못된 요청' },
  access: { en: 'Access denied', ko: '접근 거부' },
  missing: { en: 'Not found', ko: '찾을 수 없음' },
  conflict: { en: 'Conflict', ko: '충돌' },
  store: { en: 'Store not available', ko: '저장소 사용 불가' },
  internal: { en: 'Internal error', ko: '내부 오류' },
};

/** Korean when the caller likes it at least as much as English; English for whoever says nothing. */
export const languageOf = (acceptLanguage: string | undefined): Language => {
  const korean = weightOf('ko', acceptLanguage);
  return korean > 0 && korean >= weightOf('en', acceptLanguage) ? 'ko' : 'en';
};

const weightOf = (language: Language, acceptLanguage = ''): number =>
  Math.max(
    0,
    ...acceptLanguage.split(',').map((range) => {
      const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
      if (tag !== language && !tag.startsWith(`${language}-`)) return 0;
      const quality = parameters
        .map((parameter) => parameter.trim())
        .find((parameter) => parameter.startsWith('q='));
      const weight = quality === undefined ? 1 : Number(quality.slice(2));
      return Number.isFinite(weight) ? weight : 0;
    }),
  );
