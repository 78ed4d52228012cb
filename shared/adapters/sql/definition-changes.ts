import { TankError } from '../../domain/errors.ts';
import type {
  AutomationVersion,
  GivenAutomation,
  GivenSource,
  Saved,
  SourceVersion,
} from '../../ports/automations.ts';
import type { Step } from '../../ports/database.ts';
import type { Dialect } from './dialect.ts';
import { scheduleSteps } from './schedule-steps.ts';

/** Steps of one transaction, and what it means when one of them meets another state than it expects. */
export interface Change {
  readonly steps: readonly Step[];
  readonly fault?: TankError;
}

type SavingChange = Change & { readonly saved: Saved };

interface ChangeContext {
  readonly dialect: Dialect;
  readonly author: string;
  newId(): string;
}

type StoredAutomation = AutomationVersion & { readonly archived: boolean };

/** Between the author's look and this save somebody else has saved. */
const demandVersion = (expected: number | undefined, found: number): void => {
  if (expected !== undefined && expected !== found) throw new TankError('definition_changed');
};

export const saveSource = (
  { spec, expectedVersion }: GivenSource,
  current: SourceVersion | undefined,
  { dialect, author }: ChangeContext,
): SavingChange => {
  const { name } = spec;
  demandVersion(expectedVersion, current?.version ?? 0);
  const json = JSON.stringify(spec);
  if (current && JSON.stringify(current.spec) === json)
    return { saved: { id: name, name, version: current.version, changed: false }, steps: [] };
  const version = (current?.version ?? 0) + 1;
  const step = current
    ? {
        sql: `UPDATE source SET version = ?, spec = ?, created_at = ${dialect.now}, created_by = ? WHERE name = ? AND version = ?`,
        values: [version, json, author, name, current.version],
        expect: 1,
      }
    : {
        sql: `INSERT INTO source (name, version, spec, created_at, created_by) VALUES (?, ?, ?, ${dialect.now}, ?)`,
        values: [name, version, json, author],
      };
  return { saved: { id: name, name, version, changed: true }, steps: [step] };
};

export const saveAutomation = (
  given: GivenAutomation,
  current: StoredAutomation | undefined,
  context: ChangeContext,
): SavingChange => {
  const { name } = given.spec;
  const before = current?.archived ? 0 : (current?.version ?? 0);
  demandVersion(given.expectedVersion, before);
  const json = JSON.stringify(given.spec);
  const id = current?.id ?? given.id ?? context.newId();
  if (before > 0 && JSON.stringify(current?.spec) === json)
    return { saved: { id, name, version: before, changed: false }, steps: [] };
  // One that comes back from the archive is a new version in any case: its schedule counts from now on.
  const version = (current?.version ?? 0) + 1;
  const written = {
    sql: `INSERT INTO automation_version (automation_id, version, spec, created_at, created_by) VALUES (?, ?, ?, ${context.dialect.now}, ?)`,
    values: [id, version, json, context.author],
  };
  const scheduled = scheduleSteps({
    id,
    version,
    spec: given.spec,
    before: before > 0 ? current?.spec : undefined,
  });
  return {
    saved: { id, name, version, changed: true },
    steps: [pointTo(id, name, version, current), written, ...scheduled],
  };
};

const pointTo = (id: string, name: string, version: number, current: StoredAutomation | undefined): Step =>
  current
    ? {
        sql: 'UPDATE automation SET name = ?, version = ?, archived_at = NULL WHERE id = ? AND version = ?',
        values: [name, version, id, current.version],
        expect: 1,
      }
    : {
        sql: 'INSERT INTO automation (id, name, version) VALUES (?, ?, ?)',
        values: [id, name, version],
      };

/** Its name stays its own: given again, it is the same automation, and remembers whom it has mailed. */
export const archiveAutomation = (id: string, { dialect }: ChangeContext): Change => ({
  steps: [
    {
      sql: `UPDATE automation SET archived_at = ${dialect.now} WHERE id = ? AND archived_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM run r WHERE r.live_key = ?)`,
      values: [id, id],
      expect: 1,
    },
    { sql: 'DELETE FROM schedule_state WHERE automation_id = ?', values: [id] },
  ],
  fault: new TankError('still_in_use', { what: 'automation', by: 'a run that has not ended' }),
});

export const deleteSource = (name: string): Change => ({
  steps: [{ sql: 'DELETE FROM source WHERE name = ?', values: [name], expect: 1 }],
});

/** An organisation comes into being with the first automation that names it. */
export const nameOrganisations = (
  automations: readonly GivenAutomation[],
  { dialect, author }: ChangeContext,
): Change => {
  const names = [...new Set(automations.map(({ spec }) => spec.organisation))];
  const step = {
    sql: `INSERT INTO organisation (name, title, created_at, created_by)
          SELECT ?, ?, ${dialect.now}, ? WHERE NOT EXISTS (SELECT 1 FROM organisation WHERE name = ?)`,
    rows: names.map((name) => [name, name, author, name]),
  };
  return { steps: names.length > 0 ? [step] : [] };
};
