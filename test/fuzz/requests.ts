import fc, { type Arbitrary } from 'fast-check';
import { damaged, NASTY, type Schema, valuesOf } from './values.ts';

/** Who asks; `nobody` shows nothing, `forger` a token that is none. */
export const CALLERS = ['os', 'owner', 'operator', 'viewer', 'nobody', 'forger'] as const;
export type Caller = (typeof CALLERS)[number];

export interface FuzzRequest {
  readonly caller: Caller;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly body: Schema | undefined;
  /** Bodies that are right in a way that the schema does not tell: a query that runs, a template that compiles. */
  readonly examples: readonly unknown[];
}

/** Any request to this operation: right, nearly right, or nonsense. `ids` are names that were seen in answers. */
export const requestsTo = (operation: Operation, ids: readonly string[]): Arbitrary<FuzzRequest> =>
  fc
    .record({
      caller: fc.oneof(...WEIGHTS.map(([weight, caller]) => ({ weight, arbitrary: fc.constant(caller) }))),
      path: pathsOf(operation, ids),
      query: queriesOf(operation),
      headers: headersOf(operation),
      content: bodiesOf(operation),
    })
    .map(({ caller, path, query, headers, content }) => ({
      // It would end the token that those who come after show as well.
      caller: operation.path.includes('/logout') && !UNHURT.includes(caller) ? 'os' : caller,
      method: operation.method,
      path: query === '' ? path : `${path}?${query}`,
      headers: { ...headers, ...content.headers },
      body: content.body,
    }));

const UNHURT: readonly Caller[] = ['os', 'nobody', 'forger'];

const WEIGHTS: readonly (readonly [number, Caller])[] = [
  [60, 'os'],
  [14, 'owner'],
  [12, 'operator'],
  [6, 'viewer'],
  [4, 'nobody'],
  [4, 'forger'],
];

const MOST_OF_A_PART = 800;

/** By way of bytes, because lone surrogates have none. */
const encoded = (value: unknown): string =>
  encodeURIComponent(Buffer.from(textOf(value).slice(0, MOST_OF_A_PART)).toString());

const textOf = (value: unknown): string =>
  typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value);

const pathsOf = ({ path, parameters }: Operation, ids: readonly string[]): Arbitrary<string> => {
  const parts = parameters
    .filter((parameter) => parameter.in === 'path')
    .map(({ name, schema }) =>
      fc
        .oneof(
          { weight: 16, arbitrary: fc.constantFrom('nothing-of-this-name', ...ids).map(encoded) },
          { weight: 2, arbitrary: valuesOf(schema).map(encoded) },
          { weight: 1, arbitrary: NASTY.map(encoded) },
          {
            weight: 1,
            arbitrary: fc.constantFrom('%', '%ff', '%00', '..', '.', '%2e%2e', '%2f', '', '*', '~'),
          },
        )
        .map((value) => [`{${name}}`, value] as const),
    );
  return fc
    .tuple(...parts)
    .map((values) => values.reduce((text, [hole, value]) => text.replace(hole, () => value), path));
};

const queriesOf = ({ parameters }: Operation): Arbitrary<string> => {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  const pairs = known.map(({ name, schema }) =>
    rarely(fc.oneof({ weight: 12, arbitrary: valuesOf(schema) }, { weight: 1, arbitrary: NASTY }), 2).map(
      (value) => (value === null ? [] : [`${encoded(name)}=${encoded(value)}`]),
    ),
  );
  const strange = fc.constantFrom(
    'a=b',
    'limit',
    '=',
    '&&',
    'limit=1&limit=2',
    '%=%',
    '__proto__=1',
    'a[b]=c',
  );
  return fc
    .tuple(fc.tuple(...pairs), rarely(strange, 24))
    .map(([given, more]) => [...given.flat(), ...(more ? [more] : [])].join('&'));
};

/** Once in so many times. */
const rarely = <T>(values: Arbitrary<T>, times: number): Arbitrary<T | null> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: values });

const TOLD_APART = 4_096;

const headersOf = ({ parameters }: Operation): Arbitrary<Record<string, string>> => {
  const named = parameters.filter((parameter) => parameter.in === 'header');
  const odd = fc.constantFrom<Record<string, string>[]>(
    { accept: 'text/csv' },
    { accept: '*/*;q=0' },
    { 'accept-language': 'ko-KR,ko;q=0.9' },
    { 'if-match': '"1"' },
    { 'if-match': 'W/"x", *' },
    { cookie: '__Host-tank-session=a.b; x=y' },
    { origin: 'https://evil.example.net', 'x-csrf-token': '1' },
    { 'content-encoding': 'gzip' },
    { 'x-forwarded-for': '"><script>' },
    { 'x-amz-sns-message-type': 'Notification' },
    { 'idempotency-key': 'one' },
  );
  return fc
    .record({
      from: fc.nat(TOLD_APART),
      odd: rarely(odd, 3),
      named: fc.tuple(
        ...named.map(({ name, schema }) => valuesOf(schema).map((value) => [name, encoded(value)])),
      ),
    })
    .map(({ from, odd: more, named: given }) => ({
      'x-forwarded-for': `10.9.${from >> 8}.${from & 255}`,
      ...Object.fromEntries(given as [string, string][]),
      ...more,
    }));
};

interface Content {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const RAW = [
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '1',
  '{"a":1,"a":2}',
  '\ufeff{}',
  '{"a":1,}',
  '['.repeat(20_000),
  '\u0000',
];
const TYPES = [
  'text/plain',
  'application/json; charset=utf-16',
  'multipart/form-data',
  'application/x-json',
  '',
];

const bodiesOf = ({ body, examples }: Operation): Arbitrary<Content> => {
  const nothing: Arbitrary<Content> = fc.constant({ headers: {}, body: undefined });
  const raw = fc.constantFrom(...RAW).map((text) => inJson(Buffer.from(text)));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => inJson(Buffer.from(array)));
  if (!body) return fc.oneof({ weight: 8, arbitrary: nothing }, { weight: 1, arbitrary: raw });
  const made = valuesOf(body);
  const right =
    examples.length > 0 ? fc.oneof(made, fc.constantFrom(...examples), fc.constantFrom(...examples)) : made;
  const wrong = right.chain(damaged);
  const json = (values: Arbitrary<unknown>) =>
    values.map((value) => inJson(Buffer.from(JSON.stringify(value) ?? 'null')));
  const mistyped = fc
    .tuple(json(right), fc.constantFrom(...TYPES))
    .map(([content, type]) => ({ ...content, headers: { 'content-type': type } }));
  return fc.oneof(
    { weight: 16, arbitrary: json(right) },
    { weight: 8, arbitrary: json(wrong) },
    { weight: 1, arbitrary: json(NASTY) },
    { weight: 1, arbitrary: raw },
    { weight: 1, arbitrary: bytes },
    { weight: 1, arbitrary: mistyped },
    { weight: 1, arbitrary: nothing },
  );
};

const inJson = (body: Buffer): Content => ({ headers: { 'content-type': 'application/json' }, body });
