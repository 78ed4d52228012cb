import type { ScheduleSpec } from '../../shared/domain/automation.ts';
import { businessDate } from '../../shared/domain/schedule/civil.ts';
import { type Due, dueNow } from '../../shared/domain/schedule/due.ts';
import type { Holidays } from '../../shared/domain/schedule/schedule.ts';
import type { AutomationVersion } from '../../shared/ports/automations.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { DueSchedule, LookedAt } from '../../shared/ports/schedules.ts';
import { askForPlan, newRun } from '../../shared/use-cases/new-run.ts';

const AUTHOR = 'schedule';

/** Every schedule whose time has come becomes a run, once, however many schedulers look at it. */
export const startScheduled = async (ports: Ports): Promise<void> => {
  const due = await (await ports.schedules()).due();
  if (due.length === 0) return;
  const holidays = await (await ports.calendar()).days();
  for (const state of due)
    await lookAt(ports, state, holidays).catch((error) => complain(ports, state, error));
};

/** One automation whose schedule cannot be read must not keep the others from starting. */
const complain = ({ runtime }: Ports, { automationId }: DueSchedule, error: unknown): void =>
  runtime.log.error('schedule_failed', { automationId }, error);

const lookAt = async (ports: Ports, state: DueSchedule, holidays: Holidays): Promise<void> => {
  const schedules = await ports.schedules();
  const automation = await (await ports.automations()).find(state.automationId);
  const schedule = automation?.spec.schedule;
  if (!schedule) return schedules.forget(state.automationId);
  const due = dueNow(schedule, { ...state, savedAt: automation.createdAt }, state.now, holidays);
  const looked = lookedAt(state, due);
  if (due.start !== undefined) return start(ports, automation, schedule, due.start, looked);
  const passed = await schedules.pass(looked);
  if (passed && due.passed > 0)
    ports.runtime.log.warn('starts given up', { automationId: state.automationId, starts: due.passed });
};

/** A look that has found nothing leaves the mark where it is: what is put off by a new calendar is still to come. */
const lookedAt = (seen: DueSchedule, { start, passed, next }: Due): LookedAt => ({
  seen,
  lookedAt: start === undefined && passed === 0 ? seen.lookedAt : Math.max(seen.lookedAt, seen.now),
  nextAt: next,
  passed,
  why: 'late',
});

const start = async (
  ports: Ports,
  automation: AutomationVersion,
  schedule: ScheduleSpec,
  at: number,
  looked: LookedAt,
): Promise<void> => {
  const schedules = await ports.schedules();
  const run = newRun(ports, automation, {
    startedBy: AUTHOR,
    businessDate: businessDate(at, schedule.zone),
    idempotencyKey: scheduleKey(automation.id, at),
  });
  const started = await schedules.start(run, at, looked);
  if (started.kind === 'started') {
    const { passed } = looked;
    ports.runtime.log.info('run started by schedule', { runId: run.id, automationId: automation.id, passed });
    await askForPlan(ports, run.id);
  }
  if (started.kind === 'repeated') await schedules.pass(looked);
  if (started.kind === 'live') await overlap(ports, schedule, started.run.id, looked);
};

/** The planned instant, not the moment of the tick: two schedulers name the same start alike. */
const scheduleKey = (automationId: string, at: number): string =>
  `schedule:${automationId}:${new Date(at).toISOString()}`;

/** `once`: the start stays due until the run before has ended. `skip`: it is given up, and noted. */
const overlap = async (
  ports: Ports,
  { missed }: ScheduleSpec,
  liveRun: string,
  looked: LookedAt,
): Promise<void> => {
  const schedules = await ports.schedules();
  const { automationId, waitsFor } = looked.seen;
  if (missed === 'skip') await schedules.pass({ ...looked, passed: looked.passed + 1, why: 'live' });
  else if (waitsFor !== liveRun) await schedules.waitFor(automationId, liveRun);
  if (waitsFor !== liveRun)
    ports.runtime.log.warn('start meets a live run', { automationId, runId: liveRun, missed });
};
