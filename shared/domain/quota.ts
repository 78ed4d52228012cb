/** The rolling 24-hour quota: what bulk mail may take of it, so that urgent mail always finds some left. */
export interface Quota {
  readonly perDay: number;
  readonly used: number;
  /** What bulk mail may still take now. */
  readonly leftForBulk: number;
  readonly leftForUrgent: number;
  /** What bulk mail may take in 24 hours. */
  readonly bulkPerDay: number;
}

const URGENT_SHARE = 0.05;

export const quotaOf = (perDay: number, used: number): Quota => {
  const bulkPerDay = Math.max(1, Math.floor(perDay * (1 - URGENT_SHARE)));
  return {
    perDay,
    used,
    bulkPerDay,
    leftForBulk: Math.max(0, bulkPerDay - used),
    leftForUrgent: Math.max(0, perDay - used),
  };
};
