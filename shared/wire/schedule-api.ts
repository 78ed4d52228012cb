import { z } from 'zod';
import { route } from './api.ts';
import { pageOf } from './replies.ts';

const time = z.iso.datetime();

const ScheduleReply = z.strictObject({
  automation: z.string(),
  /** None: it will not start by itself again, or is about to be looked at. */
  next: time.optional(),
  lastStart: time.optional(),
  lastRun: z.string().optional(),
  /** A due start waits for the end of this run. */
  waitsFor: z.string().optional(),
  /** Starts given up, and when and why the latest was: nobody looked in time, or the run before was still live. */
  passed: z.int(),
  passedAt: time.optional(),
  passedWhy: z.enum(['late', 'live']).optional(),
});

const Holiday = z.strictObject({ day: z.iso.date(), name: z.string().max(100) });

export const scheduleApi = {
  listSchedules: route('GET', '/api/v1/schedules', 'When automations start by themselves, and last did', {
    permission: 'automations:read',
    reply: pageOf(ScheduleReply),
  }),
  listHolidays: route('GET', '/api/v1/holidays', 'The days on which business rests', {
    permission: 'automations:read',
    reply: pageOf(Holiday),
  }),
  importHolidays: route(
    'PUT',
    '/api/v1/holidays',
    'Make each year that occurs among the days exactly as given; other years stay',
    {
      audit: 'configuration.changed',
      permission: 'automations:write',
      body: z.strictObject({ days: z.array(Holiday).min(1).max(5000) }),
      reply: pageOf(Holiday),
    },
  ),
};
