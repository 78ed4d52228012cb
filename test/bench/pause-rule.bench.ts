import type { FeedbackKind } from '../../shared/domain/pause-policy.ts';
import { campaigns, naiveRule, pausesOf } from '../unit/feedback/campaigns.ts';

/** How often campaigns of 20,000 sends are paused at a true rate, and after how many sends at the median. */
const COUNT = Number(process.argv[2] ?? 4_000);

const say = (kind: FeedbackKind, rate: number): void => {
  const { share, median } = pausesOf(campaigns({ kind, rate, count: COUNT, seed: 11 }));
  const naive = pausesOf(campaigns({ kind, rate, count: COUNT / 4, seed: 12, rule: naiveRule }));
  const beside = kind === 'bounce' ? `   "more than 5% after 20": ${(naive.share * 100).toFixed(1)}%` : '';
  console.log(
    `${kind.padEnd(10)} ${`${(rate * 100).toFixed(2)}%`.padStart(7)}  paused ${`${(share * 100).toFixed(2)}%`.padStart(7)}  after ${String(median).padStart(5)}${beside}`,
  );
};

for (const rate of [0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.2]) say('bounce', rate);
for (const rate of [0.0003, 0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01]) say('complaint', rate);
