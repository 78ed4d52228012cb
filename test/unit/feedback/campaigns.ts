import { type FeedbackKind, judgeFeedback, PAUSE_RULES } from '../../../shared/domain/pause-policy.ts';

const SENDS = 20_000;

/** From how many events on a rule stops, by the number of sends in the window. */
type Rule = (kind: FeedbackKind, sends: number) => number;

interface Played {
  readonly kind: FeedbackKind;
  /** The true share of sends that come back. */
  readonly rate: number;
  readonly count: number;
  readonly seed: number;
  readonly rule?: Rule;
}

/** After how many sends each campaign was stopped; 0: never. The rule is asked after every send, as the handlers do. */
export const campaigns = ({ kind, rate, count, seed, rule = ownRule }: Played): number[] => {
  const { window } = PAUSE_RULES[kind];
  const limits = limitsOf(kind, window, rule);
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => play(random, rate, window, limits));
};

const play = (random: () => number, rate: number, window: number, limits: Float64Array): number => {
  const ring = new Uint8Array(window);
  let events = 0;
  for (let sent = 1; sent <= SENDS; sent += 1) {
    const at = sent % window;
    const came = random() < rate ? 1 : 0;
    events += came - (ring[at] ?? 0);
    ring[at] = came;
    if (came === 1 && events >= (limits[Math.min(sent, window)] ?? Infinity)) return sent;
  }
  return 0;
};

/** Judging is monotonous in the events, so that one number for each size of window replaces 20,000 judgements. */
const limitsOf = (kind: FeedbackKind, window: number, rule: Rule): Float64Array =>
  Float64Array.from({ length: window + 1 }, (_, sends) => rule(kind, sends));

const ownRule: Rule = (kind, sends) => {
  let [low, high] = [0, sends + 1];
  while (low < high) {
    const events = (low + high) >> 1;
    if (judgeFeedback(kind, { sends, events }) === 'pause') high = events;
    else low = events + 1;
  }
  return low > sends ? Infinity : low;
};

/** What most senders do: stop above 5% once 20 mails are out. */
export const naiveRule: Rule = (_, sends) => (sends < 20 ? Infinity : Math.floor(sends * 0.05) + 1);

export const pausesOf = (stops: readonly number[]): { readonly share: number; readonly median: number } => {
  const stopped = stops.filter((at) => at > 0).sort((a, b) => a - b);
  return { share: stopped.length / stops.length, median: stopped[Math.floor(stopped.length / 2)] ?? 0 };
};

/** One campaign: which of its sends come back. */
export const comesBack = (rate: number, seed: number): ((send: number) => boolean) => {
  const random = mulberry32(seed);
  const came = Array.from({ length: 2_000 }, () => random() < rate);
  return (send) => came[send] === true;
};

/** A seeded generator, so that a figure that fails fails again. */
const mulberry32 = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};
