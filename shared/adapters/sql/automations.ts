import type { AutomationSpec, SourceSpec } from '../../domain/automation.ts';
import { TankError } from '../../domain/errors.ts';
import { LIVE_RUN_STATES } from '../../domain/run.ts';
import type { Automations, AutomationVersion, SourceUse, SourceVersion } from '../../ports/automations.ts';
import { type Database, type SqlRow, type SqlValue, UniqueViolation } from '../../ports/database.ts';
import type { Runtime } from '../../ports/runtime.ts';
import {
  archiveAutomation,
  type Change,
  deleteSource,
  nameOrganisations,
  saveAutomation,
  saveSource,
} from './definition-changes.ts';
import type { Dialect } from './dialect.ts';
import { number, quoted, text } from './ledger/context.ts';

const VERSION = 'v.automation_id, v.version, v.spec, v.created_at, v.created_by';
const CURRENT = `SELECT ${VERSION}, a.archived_at FROM automation a
  JOIN automation_version v ON v.automation_id = a.id AND v.version = a.version`;
const SOURCE = 'SELECT spec, version, created_at, created_by FROM source';

/** What a run with work left needs: its own version's source, not the one of today. */
const USES = `SELECT a.id, v.spec, NULL AS run FROM automation a
    JOIN automation_version v ON v.automation_id = a.id AND v.version = a.version WHERE a.archived_at IS NULL
  UNION ALL SELECT r.automation_id, v.spec, r.id AS run FROM run r
    JOIN automation_version v ON v.automation_id = r.automation_id AND v.version = r.automation_version
    WHERE r.state IN (${quoted(LIVE_RUN_STATES)})
      OR EXISTS (SELECT 1 FROM email_send_log s WHERE s.run_id = r.id AND s.write_back_due IS NOT NULL)`;

export const createSqlAutomations = (
  database: Database,
  dialect: Dialect,
  runtime: Pick<Runtime, 'id'>,
): Automations => {
  const versions = async (sql: string, values: readonly SqlValue[]): Promise<AutomationVersion[]> =>
    (await database.all(sql, values)).map(toVersion);
  const sourceVersion = async (name: string): Promise<SourceVersion | undefined> => {
    const [row] = await database.all(`${SOURCE} WHERE name = ?`, [name]);
    return row && toSource(row);
  };
  const stored = async (idOrName: string) => {
    const [row] = await database.all(`${CURRENT} WHERE a.id = ? OR a.name = ? ORDER BY a.id`, [
      idOrName,
      idOrName,
    ]);
    return row && { ...toVersion(row), archived: row.archived_at !== null };
  };

  return {
    source: async (name) => (await sourceVersion(name))?.spec,
    sourceVersion,
    sources: async () => (await database.all(`${SOURCE} ORDER BY name`)).map(toSource),
    find: async (idOrName) => {
      const found = await stored(idOrName);
      if (!found || found.archived) return undefined;
      const { archived: _, ...version } = found;
      return version;
    },
    version: async (id, version) =>
      (
        await versions(
          `SELECT ${VERSION} FROM automation_version v WHERE v.automation_id = ? AND v.version = ?`,
          [id, version],
        )
      )[0],
    versions: (id) =>
      versions(
        `SELECT ${VERSION} FROM automation_version v WHERE v.automation_id = ? ORDER BY v.version DESC`,
        [id],
      ),
    list: () => versions(`${CURRENT} WHERE a.archived_at IS NULL ORDER BY a.name`, []),
    sourceUses: async () => (await database.all(USES)).map(toUse),

    apply: async ({ sources, automations, remove }, author) => {
      const context = { dialect, author, newId: runtime.id };
      const ofSources = await Promise.all(
        sources.map(async (given) => saveSource(given, await sourceVersion(given.spec.name), context)),
      );
      const ofAutomations = await Promise.all(
        automations.map(async (given) =>
          saveAutomation(given, await stored(given.id ?? given.spec.name), context),
        ),
      );
      const archived = (remove?.automations ?? []).map((id) => archiveAutomation(id, context));
      await commit(database, [
        ...ofSources,
        ...ofAutomations,
        nameOrganisations(automations, context),
        ...archived,
        ...(remove?.sources ?? []).map(deleteSource),
      ]);
      return {
        sources: ofSources.map((change) => change.saved),
        automations: ofAutomations.map((change) => change.saved),
      };
    },
  };
};

const commit = async (database: Database, changes: readonly Change[]): Promise<void> => {
  const steps = changes.flatMap((change) => change.steps.map((step) => ({ step, fault: change.fault })));
  try {
    const applied = await database.atomic(steps.map(({ step }) => step));
    if (!applied.committed) throw steps[applied.failed]?.fault ?? new TankError('definition_changed');
  } catch (thrown) {
    if (thrown instanceof UniqueViolation) throw new TankError('name_taken', { what: 'automation' });
    throw thrown;
  }
};

const toVersion = (row: SqlRow): AutomationVersion => ({
  id: text(row.automation_id),
  version: number(row.version),
  spec: JSON.parse(text(row.spec)) as AutomationSpec,
  createdAt: number(row.created_at),
  createdBy: text(row.created_by),
});

const toUse = (row: SqlRow): SourceUse => {
  const { name, source } = JSON.parse(text(row.spec)) as AutomationSpec;
  const use = { source, automationId: text(row.id), automation: name };
  return row.run === null ? use : { ...use, run: text(row.run) };
};

const toSource = (row: SqlRow): SourceVersion => ({
  spec: JSON.parse(text(row.spec)) as SourceSpec,
  version: number(row.version),
  createdAt: number(row.created_at),
  createdBy: text(row.created_by),
});
