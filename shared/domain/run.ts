import { SEND_STATES, type SendState } from './send-states.ts';

export const RUN_STATES = [
  'planning',
  'awaiting_approval',
  'sending',
  'finished',
  'cancelled',
  'failed',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** A run in one of these blocks the next run of its automation. */
export const LIVE_RUN_STATES = [
  'planning',
  'awaiting_approval',
  'sending',
] as const satisfies readonly RunState[];

export type Lane = 'urgent' | 'bulk';

export type HoldScope = 'send' | 'run' | 'automation' | 'identity' | 'account';

/** Number of sends in each state. */
export type SendCounts = Readonly<Record<SendState, number>>;

export interface RunTotals {
  readonly targets: number;
  readonly sent: number;
  readonly failed: number;
  readonly suppressed: number;
  readonly skipped: number;
  readonly cancelled: number;
  readonly held: number;
  /** pending, sending, retry and in doubt: what is not settled yet. */
  readonly open: number;
  readonly inDoubt: number;
}

export const NO_SENDS: SendCounts = Object.fromEntries(SEND_STATES.map((state) => [state, 0])) as Record<
  SendState,
  number
>;

export const runTotals = (targets: number, counts: SendCounts): RunTotals => ({
  targets,
  sent: counts.sent,
  failed: counts.failed,
  suppressed: counts.suppressed,
  skipped: counts.skipped,
  cancelled: counts.cancelled,
  held: counts.held,
  open: counts.pending + counts.sending + counts.retry + counts.in_doubt,
  inDoubt: counts.in_doubt,
});
