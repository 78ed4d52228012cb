import type { NewRun, StartedRun } from './ledger.ts';

/** How far the schedule of an automation was handled. A save of the automation makes or renews it. */
export interface ScheduleState {
  readonly automationId: string;
  /** Starts up to here are settled: they became runs or were given up. */
  readonly lookedAt: number;
  /** When to look again; 0: at the next tick. */
  readonly nextAt: number;
  readonly lastStart?: number;
  readonly lastRun?: string;
  /** A due start waits for the end of this run. */
  readonly waitsFor?: string;
  /** Starts given up so far, and when and why the latest was. */
  readonly passed: number;
  readonly passedAt?: number;
  readonly passedWhy?: PassedWhy;
}

/** late: nobody looked in time · live: the run before had not ended. */
export type PassedWhy = 'late' | 'live';

export interface DueSchedule extends ScheduleState {
  /** The database's clock, by which all schedulers go. */
  readonly now: number;
}

/** How a look at a schedule ended. It counts only if nobody else has looked since `seen` was read. */
export interface LookedAt {
  readonly seen: ScheduleState;
  readonly lookedAt: number;
  readonly nextAt: number;
  readonly passed: number;
  readonly why: PassedWhy;
}

export interface Schedules {
  /** Schedules to look at now, but those of automations that are held. */
  due(): Promise<readonly DueSchedule[]>;
  list(): Promise<readonly ScheduleState[]>;
  /** The run and the handled start are durable together, or neither is. `overtaken`: another scheduler has looked. */
  start(run: NewRun, start: number, looked: LookedAt): Promise<StartedRun | { readonly kind: 'overtaken' }>;
  pass(looked: LookedAt): Promise<boolean>;
  /** Notes that a due start waits for the end of a run. */
  waitFor(automationId: string, runId: string): Promise<void>;
  /** The automation has gone, or has no schedule any more. */
  forget(automationId: string): Promise<void>;
}
