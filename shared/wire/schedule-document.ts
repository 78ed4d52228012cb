import { DEFAULT_ZONE, type ScheduleSpec } from '../domain/automation.ts';
import type { FieldFault, Language } from '../domain/errors.ts';
import { formFault } from '../domain/form-faults.ts';
import { checkSchedule } from '../domain/schedule/check.ts';
import type { ScheduleDocument } from './automation-document.ts';

const WHEN = ['realtime', 'daily', 'weekly', 'monthly', 'once', 'cron'] as const;

export const scheduleSpec = (document: ScheduleDocument): ScheduleSpec => {
  const [from = '', to = ''] = document.window?.split('-') ?? [];
  return {
    when: whenOf(document),
    zone: document.zone ?? DEFAULT_ZONE,
    ...(document.window === undefined ? {} : { window: { from, to } }),
    holidays: document.holidays ?? 'send',
    missed: document.missed ?? 'skip',
  };
};

const whenOf = ({ daily, weekly, monthly, once, cron }: ScheduleDocument): ScheduleSpec['when'] => {
  if (daily) return { kind: 'daily', at: daily.at };
  if (weekly) return { kind: 'weekly', day: weekly.day, at: weekly.at };
  if (monthly) return { kind: 'monthly', day: monthly.day, at: monthly.at };
  if (once) return { kind: 'once', at: once.at };
  return cron === undefined ? { kind: 'realtime' } : { kind: 'cron', expression: cron };
};

export const scheduleFaults = (document: ScheduleDocument, language: Language): FieldFault[] => {
  const given = WHEN.filter((kind) => document[kind] !== undefined);
  if (given.length === 0)
    return [formFault('schedule', 'when_missing', language, { kinds: WHEN.join(', ') })];
  if (given.length > 1) return [formFault('schedule', 'when_several', language, { kinds: given.join(', ') })];
  return checkSchedule(scheduleSpec(document)).map(({ field, code, facts }) =>
    formFault(`schedule.${field}`, code, language, facts),
  );
};

export const scheduleDocument = (spec: ScheduleSpec): ScheduleDocument => ({
  ...whenDocument(spec.when),
  ...(spec.zone === DEFAULT_ZONE ? {} : { zone: spec.zone }),
  ...(spec.window ? { window: `${spec.window.from}-${spec.window.to}` } : {}),
  ...(spec.holidays === 'send' ? {} : { holidays: spec.holidays }),
  ...(spec.missed === 'skip' ? {} : { missed: spec.missed }),
});

const whenDocument = (when: ScheduleSpec['when']): ScheduleDocument => {
  switch (when.kind) {
    case 'realtime':
      return { realtime: true };
    case 'daily':
      return { daily: { at: when.at } };
    case 'weekly':
      return { weekly: { day: when.day, at: when.at } };
    case 'monthly':
      return { monthly: { day: when.day, at: when.at } };
    case 'once':
      return { once: { at: when.at } };
    case 'cron':
      return { cron: when.expression };
  }
};
