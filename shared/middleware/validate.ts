import { z } from 'zod';
import { type FieldFault, type Language, TankError } from '../domain/errors.ts';
import type { Route } from '../wire/api.ts';
import { issueText, readIn } from '../wire/issue-text.ts';
import { RawBody } from '../wire/raw-body.ts';
import { type HttpMiddleware, routeOf } from './call.ts';

const NOTHING = z.strictObject({});

/** Params, query and body at once, so that the caller sees all faults in one answer. Unknown fields are faults. */
export const validate = (): HttpMiddleware => ({
  before: ({ event, context: { call } }) => {
    const { route } = routeOf(call);
    const faults: FieldFault[] = [];
    const read = (part: Part, schema: z.ZodType | undefined, value: unknown): unknown => {
      const result = schema && readIn(schema, value, call.language);
      if (result?.success === false) faults.push(...faultsOf(result.error, part, call.language));
      return result?.data;
    };
    const input = {
      params: read('params', strict(route.params), event.pathParameters ?? {}),
      query: read('query', strict(route.query), event.queryStringParameters ?? {}),
      // Not strict: every request carries headers that are the protocol's.
      headers: read('headers', route.headers, event.headers ?? {}),
      body: call.json instanceof RawBody ? call.json : read('body', route.body, call.json),
    };
    if (faults.length > 0) throw new TankError('invalid_request', {}, { fields: faults });
    call.input = input;
  },
});

type Part = 'params' | 'query' | 'headers' | 'body';

const strict = (schema: Route['query']): z.ZodType => schema?.strict() ?? NOTHING;

const MAX_FAULTS = 50;
const MAX_FIELD_LENGTH = 200;
const UNKNOWN_FIELD = { en: 'There is no such field.', ko: '없는 필드입니다.' };

/** `name` of a body, `query.limit`, `params.id`; an unknown field is named itself, not the object around it. */
const faultsOf = (error: z.ZodError, part: Part, language: Language): FieldFault[] =>
  error.issues.slice(0, MAX_FAULTS).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          field: fieldName(part, [...issue.path, key]),
          problem: UNKNOWN_FIELD[language],
        }))
      : [{ field: fieldName(part, issue.path), problem: issueText(issue, language) }],
  );

const fieldName = (part: Part, path: readonly PropertyKey[]): string => {
  const parts = part === 'body' && path.length > 0 ? path : [part, ...path];
  return parts.map(String).join('.').slice(0, MAX_FIELD_LENGTH);
};
