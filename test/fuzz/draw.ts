import fc from 'fast-check';
import { type Documented, HASHES } from './judge.ts';
import { type FuzzRequest, type Operation, requestsTo } from './requests.ts';
import type { Schema } from './values.ts';

export type Described = Operation & Documented;

/** A hash takes a third of a second, and no more than two are made at once. */
const SHARE_OF_HASHES = 0.1;

/** A round of requests in an order of its own; the same seed gives the same, but for the ids that were seen. */
export const draw = (
  operations: readonly Described[],
  ids: readonly string[],
  count: number,
  seed: number,
): { readonly operation: Described; readonly asked: FuzzRequest }[] => {
  const shares = operations.map(({ path }) => (HASHES.test(path) ? SHARE_OF_HASHES : 1));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const all = operations.flatMap((operation, index) => {
    const numRuns = Math.ceil((count * (shares[index] ?? 1)) / whole);
    const asked = fc.sample(requestsTo(operation, ids), { seed: seed * 1_000 + index, numRuns });
    return asked.map((one) => ({ operation, asked: one }));
  });
  const mixed = fc.shuffledSubarray(all, { minLength: all.length });
  return (fc.sample(mixed, { seed, numRuns: 1 })[0] ?? []).slice(0, count);
};

interface Document {
  readonly components: { readonly schemas: { readonly Problem: Schema } };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

interface DocumentedOperation extends Omit<Documented, 'path'> {
  readonly parameters: Operation['parameters'];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** Every operation of the document; `examples` by path. */
export const operationsOf = (
  document: unknown,
  examples: Readonly<Record<string, readonly unknown[]>>,
): Described[] =>
  Object.entries((document as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody, responses }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content['application/json']?.schema,
      responses,
      examples: examples[path] ?? [],
    })),
  );

/** What every fault looks like. */
export const problemOf = (document: unknown): Schema => (document as Document).components.schemas.Problem;
