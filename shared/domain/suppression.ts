export const SUPPRESSION_REASONS = ['bounce', 'complaint', 'manual', 'unsubscribe', 'list'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** The scope of every organisation. */
export const EVERYWHERE = '*';
