import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Language, TankError } from '../../shared/domain/errors.ts';
import { PROBLEM_TYPE, toProblem } from '../../shared/wire/problem.ts';

/** An answer that is known to be writable. */
export interface Reply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly cookies: readonly string[];
  readonly body: string;
  readonly base64: boolean;
  /** Written instead of the body, while it is made. */
  readonly stream?: AsyncIterable<string>;
}

/** A handler answered what HTTP APIs would not pass on. */
class NonsenseReply extends Error {
  override readonly name = 'NonsenseReply';
}

/** These belong to the connection or are counted by the door. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Payload 2.0: with a `statusCode` the answer is taken by its fields, without one it is the body of a 200.
 * Stricter than HTTP APIs in one thing: nothing at all (undefined, null) is a forgotten answer, not "null".
 */
export const toReply = (result: unknown): Reply => {
  if (result === undefined || result === null) throw new NonsenseReply('the handler answered nothing');
  if (isRecord(result) && 'statusCode' in result) return toStructuredReply(result);
  const body = typeof result === 'string' ? result : JSON.stringify(result);
  if (typeof body !== 'string') throw new NonsenseReply(`the handler answered a ${typeof result}`);
  return textReply(200, 'application/json', body);
};

const toStructuredReply = (result: Readonly<Record<string, unknown>>): Reply => {
  const { statusCode, headers, cookies, body, isBase64Encoded } = result;
  if (!isStatus(statusCode)) throw new NonsenseReply('statusCode is not a status from 200 to 599');
  if (!isAbsent(body) && typeof body !== 'string') throw new NonsenseReply('body is not a string');
  const named = toHeaders(headers);
  const typed = named.some(([name]) => name === 'content-type');
  return {
    status: statusCode,
    headers: typed || isAbsent(body) ? named : [...named, ['content-type', 'text/plain; charset=utf-8']],
    cookies: toCookies(cookies),
    body: body ?? '',
    base64: isBase64Encoded === true,
  };
};

const toHeaders = (headers: unknown): [string, string][] => {
  if (isAbsent(headers)) return [];
  if (!isRecord(headers)) throw new NonsenseReply('headers is not an object');
  return Object.entries(headers)
    .filter(([name, value]) => !OWN_HEADERS.has(name.toLowerCase()) && !isAbsent(value))
    .map(([name, value]) => {
      if (!['string', 'number', 'boolean'].includes(typeof value)) throw new NonsenseReply(`header ${name}`);
      return checkHeader(name.toLowerCase(), String(value));
    });
};

const toCookies = (cookies: unknown): string[] => {
  if (isAbsent(cookies)) return [];
  if (!Array.isArray(cookies)) throw new NonsenseReply('cookies is not a list');
  return cookies.map((cookie) => checkHeader('set-cookie', String(cookie))[1]);
};

const checkHeader = (name: string, value: string): [string, string] => {
  validateHeaderName(name);
  validateHeaderValue(name, value);
  return [name, value];
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;
const isStatus = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599;

export const textReply = (status: number, type: string, body: string): Reply => ({
  status,
  headers: [
    ['content-type', type],
    ['cache-control', 'no-store'],
    ['x-content-type-options', 'nosniff'],
  ],
  cookies: [],
  body,
  base64: false,
});

export interface ProblemOptions {
  readonly language: Language;
  readonly requestId: string;
  readonly status?: number;
  readonly headers?: Reply['headers'];
}

export const problemReply = (error: TankError, options: ProblemOptions): Reply => {
  const { status, headers, body } = toProblem(error, options);
  const reply = textReply(status, PROBLEM_TYPE, JSON.stringify(body));
  return {
    ...reply,
    headers: [
      ...Object.entries({ ...Object.fromEntries(reply.headers), ...headers }),
      ...(options.headers ?? []),
    ],
  };
};
