import { z } from 'zod';
import { ERRORS } from '../../shared/domain/errors.ts';
import type { Schema } from './values.ts';

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly ms: number;
}

interface Response {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** An operation as the document of the API tells of it. */
export interface Documented {
  readonly path: string;
  readonly responses: Readonly<Record<string, Response>>;
}

/** All of the record, for the machine's administrator: as long as it is. */
const LONG = /\/audit\/verify$/;

/** Where a password is hashed. */
export const HASHES =
  /\/auth\/(login|confirm|password|totp)|\/invitations\/accept|\/users(\/first|\/\{id\}\/password)?$/;

const LONGEST_MS = 2_000;
/** Two hashes at once, a third of a second each, and sixteen who may wait. */
const LONGEST_WITH_HASH_MS = 8_000;
const LONGEST_OF_ALL_MS = 15_000;
/** What the caller has pointed us at is not there: the one 5xx that a request can bring about. */
const SOURCE_IS_GONE = 'urn:tank:error:source_unreachable';

/** What no schema says. */
const Known = z.object({
  type: z.string().startsWith('urn:tank:error:'),
  code: z.string().refine((code) => code in ERRORS),
  status: z.int(),
});

/** Frames, files of ours, and words of the engines beneath, none of which is any caller's business. */
const INSIDES =
  /(\n|\\n)\s+at .+:\d+:\d+|node:internal|file:\/\/\/\S+\.m?[jt]s|\/(functions|shared|dist)\/\S+\.m?[jt]s|SQLITE_[A-Z]+|ERR_[A-Z_]{4,}/;

/** What is wrong with an answer; undefined: nothing. */
export type Judge = (documented: Documented, answer: FuzzAnswer) => string | undefined;

/** `problem`: the schema of faults, as the document has it. */
export const createJudge = (problem: Schema): Judge => {
  const schemas = new Map<Schema, z.ZodType>();
  const schemaOf = (schema: Schema): z.ZodType => {
    const known = schemas.get(schema) ?? z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    schemas.set(schema, known);
    return known;
  };
  const successFault = ({ responses }: Documented, { status, headers, body }: FuzzAnswer) => {
    const response = responses[status];
    if (!response) return 'has a status that is not documented';
    if (!response.content) return body === '' ? undefined : 'has a body that is not documented';
    const type = String(headers['content-type']);
    const content = response.content[type];
    if (!content) return `has a type that is not documented: ${type}`;
    return type === 'application/json' ? schemaFault(schemaOf(content.schema), body) : undefined;
  };
  const strict = schemaOf({ ...problem, additionalProperties: false });
  const problemFault = ({ status, headers, body }: FuzzAnswer): string | undefined => {
    const type = String(headers['content-type']);
    if (type !== 'application/problem+json') return `is a fault of the type ${type}`;
    const fault = schemaFault(strict, body) ?? schemaFault(Known, body);
    if (fault) return fault;
    return Known.parse(parsed(body)).status === status ? undefined : 'says another status than it has';
  };
  return (documented, answer) =>
    faultOfAny(documented, answer) ??
    (answer.status < 400 ? successFault(documented, answer) : problemFault(answer));
};

/** Whatever it says. */
const faultOfAny = ({ path }: Documented, { status, headers, body, ms }: FuzzAnswer): string | undefined => {
  if (status >= 500 && !(status === 503 && body.includes(SOURCE_IS_GONE))) return `is ${status}`;
  if (isLate(path, ms)) return `took ${ms.toFixed(0)} ms`;
  if (INSIDES.test(body)) return 'tells of our insides';
  if (headers['x-request-id'] === undefined) return 'has no request id';
  return headers['x-content-type-options'] === 'nosniff' ? undefined : 'has no security headers';
};

export const isLate = (path: string, ms: number): boolean => {
  if (LONG.test(path)) return ms > LONGEST_OF_ALL_MS;
  return ms > (HASHES.test(path) ? LONGEST_WITH_HASH_MS : LONGEST_MS);
};

const schemaFault = (schema: z.ZodType, body: string): string | undefined => {
  const { success, error } = schema.safeParse(parsed(body));
  return success ? undefined : `is not as documented: ${JSON.stringify(error.issues).slice(0, 400)}`;
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
