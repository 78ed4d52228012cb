/** What harms a sender: mailboxes that do not exist, and people who call a mail spam. */
export const FEEDBACK_KINDS = ['bounce', 'complaint'] as const;
export type FeedbackKind = (typeof FEEDBACK_KINDS)[number];

/** How many of the last resolved sends came back in this way. */
export interface FeedbackWindow {
  readonly sends: number;
  readonly events: number;
}

interface PauseRule {
  /** The last resolved sends that are looked at. */
  readonly window: number;
  /** Where SES itself puts an account under review. */
  readonly threshold: number;
  readonly minSends: number;
  readonly minEvents: number;
  /** A warning goes by the plain rate: it costs one look, and must come before the review. */
  readonly warning: { readonly rate: number; readonly minSends: number };
  /** The reason of the hold, and its name in alerts. */
  readonly reason: 'bounce_rate' | 'complaint_rate';
}

/**
 * Of 10,000 sends, complaints pause at 19: near twice the review line of SES, because fewer cannot be told from
 * chance. That is why the warning comes at half of that line already, at 5 of 10,000.
 */
export const PAUSE_RULES: Readonly<Record<FeedbackKind, PauseRule>> = {
  bounce: {
    window: 1_000,
    threshold: 0.05,
    minSends: 50,
    minEvents: 5,
    warning: { rate: 0.05, minSends: 200 },
    reason: 'bounce_rate',
  },
  complaint: {
    window: 10_000,
    threshold: 0.001,
    minSends: 5,
    minEvents: 5,
    warning: { rate: 0.0005, minSends: 5 },
    reason: 'complaint_rate',
  },
};

export const PAUSE_REASONS = FEEDBACK_KINDS.map((kind) => PAUSE_RULES[kind].reason);

/** 99% on both sides: judged after each of 20,000 sends, a true 3% of bounces pauses 3 campaigns in 1,000. */
const Z = 2.576;

/** The lowest true rate that the observed one does not contradict. https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval */
export const wilsonLowerBound = ({ sends, events }: FeedbackWindow): number => {
  if (sends === 0) return 0;
  const rate = events / sends;
  const spread = Z * Math.sqrt((rate * (1 - rate) + Z ** 2 / (4 * sends)) / sends);
  return Math.max(0, (rate + Z ** 2 / (2 * sends) - spread) / (1 + Z ** 2 / sends));
};

export type Judgement = 'fine' | 'warning' | 'pause';

export const judgeFeedback = (kind: FeedbackKind, seen: FeedbackWindow): Judgement => {
  const { threshold, minSends, minEvents, warning } = PAUSE_RULES[kind];
  if (seen.events < minEvents) return 'fine';
  if (seen.sends >= minSends && wilsonLowerBound(seen) > threshold) return 'pause';
  return seen.sends >= warning.minSends && seen.events / seen.sends >= warning.rate ? 'warning' : 'fine';
};
