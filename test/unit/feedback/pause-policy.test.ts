import { describe, expect, it } from 'vitest';
import {
  type FeedbackKind,
  type FeedbackWindow,
  judgeFeedback,
  PAUSE_RULES,
  wilsonLowerBound,
} from '../../../shared/domain/pause-policy.ts';
import { campaigns, naiveRule, pausesOf } from './campaigns.ts';

const first = (kind: FeedbackKind, sends: number, wanted: 'warning' | 'pause'): number | undefined =>
  Array.from({ length: sends + 1 }, (_, events) => events).find(
    (events) => judgeFeedback(kind, { sends, events }) === wanted,
  );

describe('the lower bound of a rate', () => {
  it.each([
    [{ sends: 1_000, events: 68 }, 0.0502],
    [{ sends: 50, events: 5 }, 0.034],
    [{ sends: 10_000, events: 19 }, 0.0011],
    [{ sends: 100, events: 0 }, 0],
    [{ sends: 0, events: 0 }, 0],
  ] satisfies [FeedbackWindow, number][])('of %j is %s', (seen, bound) => {
    expect(wilsonLowerBound(seen)).toBeCloseTo(bound, 4);
  });
});

describe('the pause rule', () => {
  it('pauses a full window of bounces at 68 of 1,000, and of complaints at 19 of 10,000', () => {
    expect(first('bounce', 1_000, 'pause')).toBe(68);
    expect(first('complaint', 10_000, 'pause')).toBe(19);
  });

  it('warns at the review line of SES for bounces, and at half of it for complaints', () => {
    expect(first('bounce', 1_000, 'warning')).toBe(50);
    expect(first('complaint', 10_000, 'warning')).toBe(5);
  });

  it('says nothing of fewer than 5 events, nor of bounces among fewer than 50 sends', () => {
    expect(judgeFeedback('bounce', { sends: 50, events: 4 })).toBe('fine');
    expect(judgeFeedback('complaint', { sends: 50, events: 4 })).toBe('fine');
    expect(judgeFeedback('bounce', { sends: 49, events: 49 })).toBe('fine');
    expect(judgeFeedback('bounce', { sends: 50, events: 49 })).toBe('pause');
  });
});

/** What FACTS promise, played through: each figure is what this very rule did in so many campaigns of 20,000 sends. */
describe('simulated campaigns of 20,000 sends', () => {
  it('a list with 3% of bounces runs through, where "more than 5% after 20" stops every second one', () => {
    const stopped = pausesOf(campaigns({ kind: 'bounce', rate: 0.03, count: 2_000, seed: 1 }));
    expect(stopped.share).toBeLessThan(0.006);
    const naive = pausesOf(campaigns({ kind: 'bounce', rate: 0.03, count: 400, seed: 2, rule: naiveRule }));
    expect(naive.share).toBeGreaterThan(0.38);
    expect(naive.share).toBeLessThan(0.6);
  });

  it.each([
    [0.1, 91, 12],
    [0.2, 50, 6],
  ])('a list with a rate of %s stops after about %s sends', (rate, median, give) => {
    const stopped = pausesOf(campaigns({ kind: 'bounce', rate, count: 1_500, seed: 3 }));
    expect(stopped.share).toBe(1);
    expect(Math.abs(stopped.median - median)).toBeLessThanOrEqual(give);
  });

  it.each([
    [0.0003, 0, 0.002],
    [0.0005, 0, 0.01],
    [0.001, 0.05, 0.16],
    [0.002, 0.9, 1],
    [0.005, 1, 1],
  ])('complaints at a true %s pause from %s to %s of the campaigns', (rate, least, most) => {
    const stopped = pausesOf(campaigns({ kind: 'complaint', rate, count: 600, seed: 4 }));
    expect(stopped.share).toBeGreaterThanOrEqual(least);
    expect(stopped.share).toBeLessThanOrEqual(most);
  });

  it('complaints at ten times the review line stop after about 460 sends', () => {
    const { median } = pausesOf(campaigns({ kind: 'complaint', rate: 0.01, count: 600, seed: 5 }));
    expect(Math.abs(median - 460)).toBeLessThan(60);
  });

  it('both rules look at no more than their windows', () => {
    expect(PAUSE_RULES.bounce.window).toBe(1_000);
    expect(PAUSE_RULES.complaint.window).toBe(10_000);
  });
});
