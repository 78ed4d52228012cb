import type { Format } from './format.ts';

/** How the place of a value demands to be written. */
export type Place =
  | 'html'
  /** Within a URL whose scheme and host are fixed: percent-encoded. */
  | 'url'
  /** A whole URL: only http, https, mailto, tel and cid get through. */
  | 'link'
  /** Within a style attribute: letters, digits and units only. */
  | 'css';

/** A value that a mail needs; formatted once for each mail, however often it is written. */
export interface Slot {
  readonly owner: 'target' | 'simple' | 'row';
  readonly mapping: string;
  readonly column: string;
  /** As the template writes it, for faults. */
  readonly label: string;
  readonly format: Format;
}

export interface ListSlots {
  readonly name: string;
  readonly slots: readonly Slot[];
}

/** A resolved `$(…)`: a value of the mail, a value of the list's current row, or a TEXT. */
export type Reference =
  | { readonly kind: 'value'; readonly slot: number }
  | { readonly kind: 'cell'; readonly slot: number }
  | { readonly kind: 'text'; readonly text: number };

/** A value, not a TEXT. */
export type ValueReference = Exclude<Reference, { kind: 'text' }>;

export interface UrlValue {
  readonly reference: ValueReference;
  readonly place: Place;
}
export type UrlPart = string | UrlValue;

export type Instruction =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'write'; readonly reference: Reference; readonly place: Place }
  | { readonly kind: 'list'; readonly list: number; readonly body: readonly Instruction[] }
  /** The rest occurs in plain text only. */
  | { readonly kind: 'space' }
  /** At least so many line ends before what follows. */
  | { readonly kind: 'break'; readonly lines: number }
  | { readonly kind: 'newline' }
  /** Before every cell of a table's row but the first; `always`: even when nothing stands before it. */
  | { readonly kind: 'separator'; readonly always: boolean }
  | { readonly kind: 'link'; readonly parts: readonly UrlPart[] };

export interface MailTemplate {
  readonly zone: string;
  readonly slots: readonly Slot[];
  readonly lists: readonly ListSlots[];
  readonly texts: readonly string[];
  readonly subject: readonly (string | ValueReference)[];
  readonly html: readonly Instruction[];
  readonly text: readonly Instruction[];
}
