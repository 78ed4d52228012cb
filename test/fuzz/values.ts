import fc, { type Arbitrary } from 'fast-check';

export type Schema = Readonly<Record<string, unknown>>;

/** Deeper than any document of ours; what refers to itself ends here. */
const DEEPEST = 8;

/** Values that a JSON schema of the document takes, or nearly so. */
export const valuesOf = (schema: Schema, depth = 0): Arbitrary<unknown> => {
  if (depth > DEEPEST) return fc.constant(null);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  const choices = (schema.anyOf ?? schema.oneOf) as readonly Schema[] | undefined;
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(choice, depth + 1)));
  const types = [schema.type ?? 'anything'].flat().map(String);
  return fc.oneof(...types.map((type) => ofType(type, schema, depth)));
};

const ofType = (type: string, schema: Schema, depth: number): Arbitrary<unknown> => {
  switch (type) {
    case 'object':
      return objects(schema, depth);
    case 'array':
      return arrays(schema, depth);
    case 'string':
      return strings(schema);
    case 'integer':
      return fc.integer(bounds(schema));
    case 'number':
      return fc.double({ ...bounds(schema), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
};

const SMALL = 1_000_000;

const bounds = ({ minimum = -SMALL, maximum = SMALL }: Schema) => ({
  min: Math.max(Number(minimum), -SMALL),
  max: Math.max(Math.min(Number(maximum), SMALL), Number(minimum)),
});

const objects = ({ properties = {}, required = [], additionalProperties }: Schema, depth: number) => {
  const known = Object.entries(properties as Readonly<Record<string, Schema>>);
  const model = Object.fromEntries(known.map(([name, schema]) => [name, valuesOf(schema, depth + 1)]));
  if (known.length > 0) return fc.record(model, { requiredKeys: [...(required as readonly string[])] });
  const values =
    typeof additionalProperties === 'object' ? valuesOf(additionalProperties as Schema, depth + 1) : TEXT;
  return fc.dictionary(TEXT, values, { maxKeys: 3 });
};

const arrays = ({ items = {}, minItems = 0, maxItems = 3 }: Schema, depth: number) =>
  fc.array(valuesOf(items as Schema, depth + 1), {
    minLength: Number(minItems),
    maxLength: Math.max(Number(minItems), Math.min(Number(maxItems), 3)),
  });

const TEXT = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 20 }));

const FORMATS: Readonly<Record<string, Arbitrary<string>>> = {
  date: fc.constantFrom('2026-03-05', '2024-02-29', '0001-01-01', '9999-12-31', '2026-02-30'),
  'date-time': fc.constantFrom('2026-03-05T00:00:00Z', '2026-03-05T00:00:00+09:00', '0001-01-01T00:00:00Z'),
  email: fc.constantFrom(
    'somebody@example.com',
    'another.one@example.com',
    '한글@example.com',
    '"a b"@example.com',
  ),
  // Nowhere: what is saved is fetched by nobody.
  uri: fc.constantFrom(
    'https://lists.invalid/a.csv',
    'http://127.0.0.1:1/',
    'file:///etc/passwd',
    'javascript:1',
  ),
};

const strings = ({ format, pattern, minLength = 0, maxLength = 30 }: Schema): Arbitrary<string> => {
  const known = FORMATS[String(format)];
  if (known) return known;
  if (typeof pattern === 'string') return matching(pattern);
  const most = Math.max(Number(minLength), Math.min(Number(maxLength), 30));
  const bounds = { minLength: Number(minLength), maxLength: most };
  return fc.oneof(
    { weight: 12, arbitrary: fc.string({ unit: fc.constantFrom(...'abcdefg 0123가나다-'), ...bounds }) },
    { weight: 1, arbitrary: fc.string(bounds) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', ...bounds }) },
  );
};

/** Looking ahead is more than the generator can; without it, what comes is nearly right. */
const matching = (pattern: string): Arbitrary<string> =>
  fc.stringMatching(new RegExp(pattern.replace(/\(\?[=!](\([^()]*\)|[^()])*\)/g, ''), 'u'), {
    size: 'xsmall',
  });

/** What programs and people send who mean no good, or do not look. */
export const NASTY: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown[]>(
    ...[null, true, false, 0, -1, 1.5, 1e308, -0, 2 ** 53 + 1, '', ' ', '0', 'null', 'undefined', 'NaN'],
    ...['\u0000', 'a\u0000b', '\ud800', '\u202e', '\ufeff', 'e\u0301', '😀'.repeat(50), 'x'.repeat(5_000)],
    ...["' OR 1=1 --", '1; DROP TABLE account', '<script>alert(1)</script>', '$(NAME)', '{{7*7}}'],
    ...['../../../etc/passwd', '..%2f..%2f', '/dev/zero', 'file:///etc/passwd', '\r\nSet-Cookie: a=b'],
    ...['__proto__', 'constructor', 'toString', '$' + '{jndi:ldap://x.invalid}', '%s%n%x', '%00', '%ff%fe'],
    ...[[], {}, [[]], [null], { length: 1e9 }, { toString: null }],
  ),
  fc.constantFrom(nested(40), nested(400)),
  fc.jsonValue({ maxDepth: 3 }),
  TEXT,
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** The value with one thing in it changed, left out or added. */
export const damaged = (value: unknown): Arbitrary<unknown> =>
  fc
    .record({ where: fc.nat(30), how: fc.constantFrom('replace', 'drop', 'add'), by: NASTY })
    .map((damage) => {
      const copy = structuredClone(value);
      const places = placesIn(copy);
      const place = places[damage.where % Math.max(1, places.length)];
      if (!place) return damage.by;
      if (damage.how === 'drop') Reflect.deleteProperty(place.in, place.key);
      else if (damage.how === 'add') Reflect.set(place.in, 'surplus', damage.by);
      else Reflect.set(place.in, place.key, damage.by);
      return copy;
    });

interface Place {
  readonly in: object;
  readonly key: string;
}

const placesIn = (value: unknown): Place[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [{ in: value, key }, ...placesIn(inner)])
    : [];
