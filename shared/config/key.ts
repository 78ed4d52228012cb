type Kind =
  | { readonly kind: 'text'; readonly pattern?: RegExp; readonly hint?: string }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'url'; readonly schemes: readonly string[] }
  | { readonly kind: 'list'; readonly item: RegExp; readonly hint: string }
  | { readonly kind: 'minutes' };

export interface Key {
  readonly name: string;
  readonly type: Kind;
  /** The value that counts when the key is absent; none: it may stay unset. */
  readonly fallback?: string;
  readonly secret?: true;
  readonly about: string;
}

export interface ConfigFault {
  readonly key: string;
  readonly problem: string;
  readonly mend: string;
}

/** What keeps a process from starting at all. */
export class ConfigFaults extends Error {
  override readonly name = 'ConfigFaults';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[], options?: ErrorOptions) {
    super(faults.map(({ key, problem }) => `${key} ${problem}`).join(', '), options);
    this.faults = faults;
  }
}

export const text = (pattern?: RegExp, hint?: string): Kind => ({
  kind: 'text',
  ...(pattern && { pattern }),
  ...(hint && { hint }),
});
export const integer = (min: number, max: number): Kind => ({ kind: 'integer', min, max });
/** Values separated by commas. */
export const list = (item: RegExp, hint: string): Kind => ({ kind: 'list', item, hint });
