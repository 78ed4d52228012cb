import type { Quota } from '../domain/quota.ts';
import type { Lane } from '../domain/run.ts';

export type Reservation =
  /** So many calls may begin, the first after the wait, each further one a slot later. */
  | { readonly kind: 'granted'; readonly mails: number; readonly waitMs: number; readonly slotMs: number }
  /** Others have taken what is near; to be asked again then. */
  | { readonly kind: 'later'; readonly afterMs: number }
  /** The 24-hour quota leaves nothing for this lane; some of it frees then. */
  | { readonly kind: 'quota'; readonly afterMs: number };

/** What calls came to, as far as the pace is concerned. */
export interface PaceAnswers {
  /** Taken, or perhaps taken: they use the quota. */
  readonly taken: number;
  readonly throttled: number;
}

export interface PaceOutlook {
  /** Mails per second now; none: unlimited. */
  readonly rate?: number;
  /** What settings and transport allow when nothing is throttled. */
  readonly allowed?: number;
  readonly quota?: Quota;
}

/** The allowed rate and the 24-hour quota of one transport, shared by all processes and both lanes through the store. */
export interface Pace {
  reserve(mails: number, lane: Lane): Promise<Reservation>;
  /** Kept until the next reservation writes it down. */
  report(answers: PaceAnswers): void;
  /** Writes down what was reported; to be called when no reservation follows. */
  flush(): Promise<void>;
  rate(): Promise<number | undefined>;
  outlook(): Promise<PaceOutlook>;
}
