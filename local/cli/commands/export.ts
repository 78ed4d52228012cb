import type { Command } from 'commander';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { writeDocuments } from '../definition-files.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';

export const addExport = (program: Command): void => {
  program
    .command('export [automations...]')
    .description('Print automations with their sources as YAML, as "tank apply" reads it; all without a name')
    .option('--json', 'print JSON')
    .action(async (automations: readonly string[], { json }: { json?: true }) => {
      const query: Record<string, string> =
        automations.length > 0 ? { automations: automations.join(',') } : {};
      const exported = await openSession().operator.call(adminApi.exportDefinitions, { query });
      createOutput(json === true).result(exported, () => [writeDocuments(exported.documents).trimEnd()]);
    });
};
