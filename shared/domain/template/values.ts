import type { Row, Value } from '../row.ts';

/** The names that a template may use, as the source describes them. */
export interface KnownNames {
  /** Columns of the target query. */
  readonly target: readonly string[];
  /** Columns of each SIMPLE mapping. */
  readonly simple: Readonly<Record<string, readonly string[]>>;
  /** Columns of each LIST mapping. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Names of the TEXT mappings. */
  readonly texts: readonly string[];
}

/** What one mail is filled with. */
export interface MailValues {
  readonly target: Row;
  readonly simple: Readonly<Record<string, Row>>;
  readonly lists: Readonly<Record<string, readonly Row[]>>;
  readonly texts: Readonly<Record<string, Value>>;
}

/** The qualifier of the target query's columns: `$(TARGET.CUST_ID)`. No mapping may carry this name. */
export const TARGET_QUALIFIER = 'TARGET';
