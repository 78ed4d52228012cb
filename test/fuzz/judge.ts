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

export interface Documented {
  readonly responses: Readonly<Record<string, Response>>;
}

const LONGEST_MS = 2_000;

const Problem = z.strictObject({
  type: z.string().startsWith('urn:tank:error:'),
  title: z.string().min(1),
  status: z.int(),
  code: z.string().refine((code) => code in ERRORS),
  detail: z.string().min(1),
  instance: z.string().optional(),
  requestId: z.string().min(1),
  errors: z.array(z.strictObject({ field: z.string(), problem: z.string() })).optional(),
});

/** Frames, files of ours, and words of the engines beneath, none of which is any caller's business. */
const INSIDES = /\n\s+at .+:\d+:\d+|node:internal|file:\/\/\/\S+\.m?[jt]s|\/(functions|shared|dist)\/\S+\.m?[jt]s|SQLITE_[A-Z]+|ERR_[A-Z_]{4,}/;

/** What is wrong with an answer; undefined: nothing. */
export type Judge = (documented: Documented, answer: FuzzAnswer) => string | undefined;

export const createJudge = (): Judge => {
  const schemas = new Map<Schema, z.ZodType>();
  const schemaOf = (schema: Schema): z.ZodType => {
    const known = schemas.get(schema) ?? z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    schemas.set(schema, known);
    return known;
  };
  const faultOf = (schema: z.ZodType, body: string): string | undefined => {
    const { success, error } = schema.safeParse(parsed(body));
    return success ? undefined : `is not as documented: ${JSON.stringify(error.issues).slice(0, 400)}`;
  };
  return (documented, { status, headers, body, ms }) => {
    const type = String(headers['content-type'] ?? '');
    if (status >= 500) return `is ${status}`;
    if (ms > LONGEST_MS) return `took ${ms.toFixed(0)} ms`;
    if (INSIDES.test(body)) return 'tells of our insides';
    if (headers['x-request-id'] === undefined) return 'has no request id';
    if (headers['x-content-type-options'] !== 'nosniff') return 'has no security headers';
    const response = documented.responses[status];
    if (!response || status >= 400) return status < 400 ? 'has a status that is not documented' : judgeProblem(type, body, status);
    if (!response.content) return body === '' ? undefined : 'has a body that is not documented';
    const content = response.content[type];
    if (!content) return `has a type that is not documented: ${type}`;
    return type === 'application/json' ? faultOf(schemaOf(content.schema), body) : undefined;
  };

  function judgeProblem(type: string, body: string, status: number): string | undefined {
    if (type !== 'application/problem+json') return `is a fault of the type ${type}`;
    const fault = faultOf(Problem, body);
    return fault ?? ((parsed(body) as { status: number }).status === status ? undefined : 'says another status');
  }
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
