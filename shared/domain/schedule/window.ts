import type { ScheduleSpec } from '../automation.ts';
import { clockOf, DAY_MS, dayOf, instantOf, wallTimeAt } from './civil.ts';

/** The part of a schedule that says at which hours mail may leave. */
export type SendHours = Pick<ScheduleSpec, 'zone' | 'window'>;

/** From inclusive, to exclusive; 22:00–06:00 passes midnight. */
export const withinWindow = ({ zone, window }: SendHours, at: number): boolean => {
  if (!window) return true;
  const wall = wallTimeAt(at, zone);
  const clock = wall - dayOf(wall) * DAY_MS;
  const from = clockOf(window.from) ?? 0;
  const to = clockOf(window.to) ?? DAY_MS;
  return from < to ? clock >= from && clock < to : clock >= from || clock < to;
};

/** One stretch of time in which mail may leave: from inclusive, until exclusive. */
export interface OpenHours {
  readonly from: number;
  readonly until: number;
}

/** The stretch that holds `at`, or the next one. None: there is no window, and mail may always leave. */
export const openHours = (hours: SendHours, at: number): OpenHours | undefined => {
  if (!hours.window) return undefined;
  const from = windowOpensAt(hours, at);
  return { from, until: windowClosesAt(hours, from) };
};

/** The first end of the window after a moment within it. */
const windowClosesAt = ({ zone, window }: SendHours, within: number): number => {
  const to = clockOf(window?.to ?? '') ?? DAY_MS;
  const today = dayOf(wallTimeAt(within, zone));
  const closes = instantOf(today * DAY_MS + to, zone);
  return closes > within ? closes : instantOf((today + 1) * DAY_MS + to, zone);
};

/** `at` itself when the window is open. */
export const windowOpensAt = (hours: SendHours, at: number): number => {
  if (!hours.window || withinWindow(hours, at)) return at;
  const from = clockOf(hours.window.from) ?? 0;
  const today = dayOf(wallTimeAt(at, hours.zone));
  // A window that lies within a skipped hour does not open on that day.
  for (let day = today; day < today + 7; day++) {
    const opens = instantOf(day * DAY_MS + from, hours.zone);
    if (opens > at && withinWindow(hours, opens)) return opens;
  }
  return at + 7 * DAY_MS;
};
