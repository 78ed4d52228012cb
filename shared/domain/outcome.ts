/**
 * What one call to a transport meant. The list is closed; every transport classifies into it and
 * `send-batch` acts on nothing else. `code` is the vendor's own word, without personal data.
 */
export type Outcome =
  | { readonly kind: 'accepted'; readonly messageId: string }
  /** Slower, not an attempt. */
  | { readonly kind: 'throttled'; readonly code: string }
  /** The 24-hour quota is used up: hold until it frees. */
  | { readonly kind: 'quota'; readonly code: string }
  /** Try again after the back-off; costs an attempt. */
  | { readonly kind: 'temporary'; readonly code: string }
  /** Certainly never arrived at the transport; safe to repeat. */
  | { readonly kind: 'unreached'; readonly code: string }
  /** This mail never: the address, or the mail itself. */
  | { readonly kind: 'rejected'; readonly fault: 'recipient' | 'content'; readonly code: string }
  /** Nothing may leave in this run any more. */
  | { readonly kind: 'stopped'; readonly code: string }
  /** It may have been taken. Only evidence can tell. */
  | { readonly kind: 'doubtful'; readonly code: string };
