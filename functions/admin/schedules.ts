import { type Language, TankError } from '../../shared/domain/errors.ts';
import { formFault } from '../../shared/domain/form-faults.ts';
import { dayOfText } from '../../shared/domain/schedule/civil.ts';
import { NEVER } from '../../shared/domain/schedule/due.ts';
import type { Holiday } from '../../shared/domain/schedule/holiday-list.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { ScheduleState } from '../../shared/ports/schedules.ts';

export const listSchedules = async (ports: Ports) => {
  const [schedules, automations] = await Promise.all([ports.schedules(), ports.automations()]);
  const names = new Map((await automations.list()).map(({ id, spec }) => [id, spec.name]));
  const items = (await schedules.list()).map((state) => describe(state, names.get(state.automationId)));
  return { items, nextCursor: null };
};

const timeOf = (at: number): string => new Date(at).toISOString();

const describe = (state: ScheduleState, name: string | undefined) => ({
  automation: name ?? state.automationId,
  passed: state.passed,
  ...(state.nextAt > 0 && state.nextAt < NEVER ? { next: timeOf(state.nextAt) } : {}),
  ...(state.lastStart === undefined ? {} : { lastStart: timeOf(state.lastStart) }),
  ...(state.lastRun ? { lastRun: state.lastRun } : {}),
  ...(state.waitsFor ? { waitsFor: state.waitsFor } : {}),
  ...(state.passedAt === undefined ? {} : { passedAt: timeOf(state.passedAt) }),
  ...(state.passedWhy ? { passedWhy: state.passedWhy } : {}),
});

export const listHolidays = async (ports: Ports) => ({
  items: [...(await (await ports.calendar()).list())],
  nextCursor: null,
});

export const importHolidays = async (
  ports: Ports,
  days: readonly Holiday[],
  by: string,
  language: Language,
) => {
  demandEachOnce(days, language);
  await (await ports.calendar()).replaceYears(days);
  ports.runtime.log.info('holidays imported', { days: days.length, by });
  return listHolidays(ports);
};

const demandEachOnce = (days: readonly Holiday[], language: Language): void => {
  const fields = days.flatMap(({ day }, index) => {
    const field = `days.${index}.day`;
    if (dayOfText(day) === undefined) return [formFault(field, 'no_such_day', language)];
    const first = days.findIndex((other) => other.day === day) === index;
    return first ? [] : [formFault(field, 'day_twice', language)];
  });
  if (fields.length > 0) throw new TankError('invalid_request', {}, { fields });
};
