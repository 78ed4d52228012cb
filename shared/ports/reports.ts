import type { ErrorClass, ErrorCode } from '../domain/errors.ts';
import type { SendCounts } from '../domain/run.ts';
import type { DeliveryState } from '../domain/send-states.ts';

/** Runs that started within; `to` is not part of it. */
export interface ReportRange {
  readonly from: number;
  readonly to: number;
  readonly organisation?: string;
  /** Only of these; none: of all. An empty list finds nothing. */
  readonly organisations?: readonly string[];
}

export type DeliveryCounts = Readonly<Record<DeliveryState, number>>;

export interface SummaryReport {
  readonly runs: number;
  readonly targets: number;
  readonly states: SendCounts;
  readonly delivery: DeliveryCounts;
}

export interface DomainReport {
  readonly domain: string;
  readonly states: SendCounts;
  readonly delivery: DeliveryCounts;
}

export interface TimelinePoint {
  readonly at: number;
  readonly sent: number;
  readonly failed: number;
}

export interface ErrorReport {
  readonly code: ErrorCode;
  readonly class: ErrorClass;
  readonly sends: number;
  readonly runs: number;
}

/** Events that were received in the points of time beginning here. */
export interface EventPoint {
  readonly at: number;
  readonly type: string;
  readonly subtype?: string;
  readonly events: number;
}

/** Sums over the ledger. */
export interface Reports {
  summary(range: ReportRange): Promise<SummaryReport>;
  /** The domains with most sends first. */
  domains(range: ReportRange, limit: number): Promise<readonly DomainReport[]>;
  /** Points of so many milliseconds in which something was settled. */
  timeline(range: ReportRange, bucketMs: number): Promise<readonly TimelinePoint[]>;
  errors(range: ReportRange): Promise<readonly ErrorReport[]>;
  /** By the time of their receipt, whenever the run was that they are about. */
  events(range: ReportRange, bucketMs: number): Promise<readonly EventPoint[]>;
}
