type Schema = Readonly<Record<string, unknown>>;

/** The smallest value that a JSON schema of ours takes: what is needed, and nothing else. */
export const sampleOf = (schema: Schema): unknown => {
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if ('const' in schema) return schema.const;
  if ('default' in schema) return schema.default;
  const [first] = (schema.anyOf ?? schema.oneOf ?? []) as readonly Schema[];
  if (first) return sampleOf(first);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return sampleOfObject(schema);
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, () =>
        sampleOf((schema.items ?? {}) as Schema),
      );
    case 'string':
      return sampleOfString(schema);
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema.minimum ?? 1));
    case 'boolean':
      return true;
    default:
      return {};
  }
};

const sampleOfObject = ({ properties = {}, required = [] }: Schema): Record<string, unknown> =>
  Object.fromEntries(
    (required as readonly string[]).map((name) => [
      name,
      sampleOf((properties as Record<string, Schema>)[name] ?? {}),
    ]),
  );

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-03-05',
  'date-time': '2026-03-05T00:00:00Z',
  email: 'somebody@example.com',
};

const sampleOfString = ({ format, pattern, minLength = 1 }: Schema): string => {
  if (typeof format === 'string' && FORMATS[format]) return FORMATS[format];
  if (typeof pattern === 'string' && pattern.includes(':')) return 'runs:read';
  return 'sample'.padEnd(Number(minLength), 'x');
};
