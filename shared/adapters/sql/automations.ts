import type { AutomationSpec, SourceSpec } from '../../domain/automation.ts';
import { TankError } from '../../domain/errors.ts';
import type { Automations, AutomationVersion, Saved } from '../../ports/automations.ts';
import type { Database, SqlRow, Step } from '../../ports/database.ts';
import type { Runtime } from '../../ports/runtime.ts';
import type { Dialect } from './dialect.ts';
import { number, text } from './ledger/context.ts';
import { scheduleSteps } from './schedule-steps.ts';

const CURRENT = `SELECT v.automation_id, v.version, v.spec, v.created_at, v.created_by FROM automation a
  JOIN automation_version v ON v.automation_id = a.id AND v.version = a.version`;

export const createSqlAutomations = (
  database: Database,
  dialect: Dialect,
  runtime: Pick<Runtime, 'id'>,
): Automations => {
  const one = async (
    sql: string,
    values: readonly (string | number)[],
  ): Promise<AutomationVersion | undefined> => {
    const [row] = await database.all(sql, values);
    return row && toVersion(row);
  };
  const source = async (name: string): Promise<{ spec: SourceSpec; version: number } | undefined> => {
    const [row] = await database.all('SELECT spec, version FROM source WHERE name = ?', [name]);
    return row && { spec: JSON.parse(text(row.spec)) as SourceSpec, version: number(row.version) };
  };
  const find = (idOrName: string) =>
    one(`${CURRENT} WHERE a.id = ? OR a.name = ? ORDER BY a.id`, [idOrName, idOrName]);

  const saveSource = async (spec: SourceSpec, author: string): Promise<Change> => {
    const current = await source(spec.name);
    const json = JSON.stringify(spec);
    if (current && JSON.stringify(current.spec) === json)
      return { saved: { id: spec.name, version: current.version, changed: false }, steps: [] };
    const version = (current?.version ?? 0) + 1;
    const step = current
      ? {
          sql: `UPDATE source SET version = ?, spec = ?, created_at = ${dialect.now}, created_by = ? WHERE name = ? AND version = ?`,
          values: [version, json, author, spec.name, current.version],
          expect: 1,
        }
      : {
          sql: `INSERT INTO source (name, version, spec, created_at, created_by) VALUES (?, ?, ?, ${dialect.now}, ?)`,
          values: [spec.name, version, json, author],
        };
    return { saved: { id: spec.name, version, changed: true }, steps: [step] };
  };

  const saveAutomation = async (
    given: { readonly id?: string; readonly spec: AutomationSpec },
    author: string,
  ): Promise<Change> => {
    const current = given.id ? await find(given.id) : await find(given.spec.name);
    const json = JSON.stringify(given.spec);
    if (current && JSON.stringify(current.spec) === json)
      return { saved: { id: current.id, version: current.version, changed: false }, steps: [] };
    const id = current?.id ?? given.id ?? runtime.id();
    const version = (current?.version ?? 0) + 1;
    const pointer = current
      ? {
          sql: 'UPDATE automation SET name = ?, version = ? WHERE id = ? AND version = ?',
          values: [given.spec.name, version, id, current.version],
          expect: 1,
        }
      : {
          sql: 'INSERT INTO automation (id, name, version) VALUES (?, ?, ?)',
          values: [id, given.spec.name, version],
        };
    const text = {
      sql: `INSERT INTO automation_version (automation_id, version, spec, created_at, created_by) VALUES (?, ?, ?, ${dialect.now}, ?)`,
      values: [id, version, json, author],
    };
    return {
      saved: { id, version, changed: true },
      steps: [pointer, text, ...scheduleSteps({ id, version, spec: given.spec, before: current?.spec })],
    };
  };

  return {
    source: async (name) => (await source(name))?.spec,
    sources: async () =>
      (await database.all('SELECT spec FROM source ORDER BY name')).map(
        (row) => JSON.parse(text(row.spec)) as SourceSpec,
      ),
    find,
    version: (id, version) =>
      one(
        'SELECT automation_id, version, spec, created_at, created_by FROM automation_version WHERE automation_id = ? AND version = ?',
        [id, version],
      ),
    list: async () => (await database.all(`${CURRENT} ORDER BY a.name`)).map(toVersion),

    apply: async (definitions, author) => {
      const sources = await Promise.all(definitions.sources.map((spec) => saveSource(spec, author)));
      const automations = await Promise.all(
        definitions.automations.map((given) => saveAutomation(given, author)),
      );
      const applied = await database.atomic([...sources, ...automations].flatMap((change) => change.steps));
      if (!applied.committed) throw new TankError('definition_changed');
      return {
        sources: sources.map((change) => change.saved),
        automations: automations.map((change) => change.saved),
      };
    },
  };
};

interface Change {
  readonly saved: Saved;
  readonly steps: readonly Step[];
}

const toVersion = (row: SqlRow): AutomationVersion => ({
  id: text(row.automation_id),
  version: number(row.version),
  spec: JSON.parse(text(row.spec)) as AutomationSpec,
  createdAt: number(row.created_at),
  createdBy: text(row.created_by),
});
