import type { AutomationSpec } from '../../domain/automation.ts';
import type { Step } from '../../ports/database.ts';

interface Save {
  readonly id: string;
  readonly version: number;
  readonly spec: AutomationSpec;
  readonly before: AutomationSpec | undefined;
}

/**
 * What a save does to the schedule, in the save's own transaction. A changed schedule counts from now on: a
 * time that has passed is not made up for. A realtime one has its start in the save itself.
 */
export const scheduleSteps = ({ id, version, spec, before }: Save): readonly Step[] => {
  const { schedule } = spec;
  const realtime = schedule?.when.kind === 'realtime';
  if (!realtime && JSON.stringify(schedule) === JSON.stringify(before?.schedule)) return [];
  const forget = { sql: 'DELETE FROM schedule_state WHERE automation_id = ?', values: [id] };
  if (!schedule) return [forget];
  const startAfresh = {
    sql: `INSERT INTO schedule_state (automation_id, looked_at, next_at, passed)
          SELECT v.automation_id, v.created_at - ?, 0, 0 FROM automation_version v WHERE v.automation_id = ? AND v.version = ?`,
    values: [realtime ? 1 : 0, id, version],
  };
  return [forget, startAfresh];
};
