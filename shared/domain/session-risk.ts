import { networkOf } from './address-range.ts';
import { parseUserAgent } from './user-agent.ts';

/** What a session was when somebody last proved who he is. */
export interface SessionFacts {
  readonly address: string;
  readonly agent: string;
  readonly begunAt: number;
  readonly seenAt: number;
  readonly endsAt: number;
  readonly idleMs: number;
}

export interface RequestFacts {
  readonly address: string;
  readonly agent: string;
  readonly now: number;
  /** Between the two addresses, where a GeoIP file tells. */
  readonly distanceKm?: number;
}

/** What follows, the harsher later. */
const ACTS = ['none', 'confirm_sensitive', 'second_factor', 'sign_in_again', 'end'] as const;
export type RiskAct = (typeof ACTS)[number];

export interface Risk {
  readonly score: number;
  readonly act: RiskAct;
  /** Names of the rows that applied. */
  readonly signs: readonly string[];
}

interface Row {
  readonly sign: string;
  readonly applies: (session: SessionFacts, request: RequestFacts) => boolean;
  readonly score: number;
  /** At least this, whatever the sum. */
  readonly act?: RiskAct;
}

const familyOf = (agent: string): string => parseUserAgent(agent).family;
const otherNetwork = (s: SessionFacts, r: RequestFacts) => networkOf(s.address) !== networkOf(r.address);
const otherFamily = (s: SessionFacts, r: RequestFacts) => familyOf(s.agent) !== familyOf(r.agent);

const TABLE: readonly Row[] = [
  { sign: 'other network', applies: otherNetwork, score: 30, act: 'sign_in_again' },
  { sign: 'other address', applies: (s, r) => !otherNetwork(s, r) && s.address !== r.address, score: 10 },
  { sign: 'other browser', applies: otherFamily, score: 40, act: 'end' },
  {
    sign: 'other version',
    applies: (s, r) => !otherFamily(s, r) && parseUserAgent(s.agent).major !== parseUserAgent(r.agent).major,
    score: 15,
  },
  { sign: 'far away', applies: (_, { distanceKm = 0 }) => distanceKm > 1000, score: 50 },
  {
    sign: 'some way off',
    applies: (_, { distanceKm = 0 }) => distanceKm > 100 && distanceKm <= 1000,
    score: 20,
  },
  { sign: 'old', applies: (s, r) => r.now - s.begunAt > (s.endsAt - s.begunAt) / 2, score: 10 },
  { sign: 'long idle', applies: (s, r) => r.now - s.seenAt > s.idleMs / 2, score: 5 },
];

const THRESHOLDS: readonly (readonly [number, RiskAct])[] = [
  [70, 'end'],
  [50, 'second_factor'],
  [30, 'confirm_sensitive'],
  [0, 'none'],
];

export const assessRisk = (session: SessionFacts, request: RequestFacts): Risk => {
  const rows = TABLE.filter((row) => row.applies(session, request));
  const score = rows.reduce((sum, row) => sum + row.score, 0);
  const bySum = THRESHOLDS.find(([from]) => score >= from)?.[1] ?? 'none';
  const act = rows.reduce<RiskAct>((worst, row) => harsher(worst, row.act ?? 'none'), bySum);
  return { score, act, signs: rows.map(({ sign }) => sign) };
};

const harsher = (a: RiskAct, b: RiskAct): RiskAct => (ACTS.indexOf(a) >= ACTS.indexOf(b) ? a : b);
