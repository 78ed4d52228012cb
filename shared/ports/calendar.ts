import type { Holiday } from '../domain/schedule/holiday-list.ts';
import type { Holidays } from '../domain/schedule/schedule.ts';

/** The days on which the customer's business rests. Which they are is the customer's data, never Tank's. */
export interface Calendar {
  days(): Promise<Holidays>;
  list(): Promise<readonly Holiday[]>;
  /** Makes every year that occurs among the days exactly as given; other years stay. Schedules look again. */
  replaceYears(days: readonly Holiday[]): Promise<void>;
}
