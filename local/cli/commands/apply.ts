import type { Command } from 'commander';
import type { z } from 'zod';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { readDefinitionFiles } from '../definition-files.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';

interface ApplyOptions {
  readonly prune?: true;
  readonly json?: true;
}

export const addApply = (program: Command): void => {
  program
    .command('apply <files...>')
    .description(
      'Apply sources and automations from YAML files; checks everything first, changes nothing on a fault',
    )
    .option('--prune', 'archive automations and delete sources that the files do not hold and no run uses')
    .option('--json', 'print JSON')
    .action(applyFiles);
};

const applyFiles = async (files: readonly string[], { prune, json }: ApplyOptions): Promise<void> => {
  const documents = await readDefinitionFiles(files);
  const { operator } = openSession();
  const body = { documents, prune: prune === true };
  const applied = await operator.call(adminApi.applyDefinitions, { body });
  const output = createOutput(json === true);
  if (!json) for (const line of warningLines(applied)) output.note(line);
  output.result(applied, () => [
    ...[...applied.sources, ...applied.automations].map(
      ({ name, version, changed }) =>
        `${name}: ${changed ? `saved as version ${version}` : `unchanged, version ${version}`}`,
    ),
    ...applied.removed.automations.map((name) => `${name}: archived`),
    ...applied.removed.sources.map((name) => `${name}: deleted`),
    ...applied.kept.map(({ name, by }) => `${name}: kept, for ${by} uses it`),
  ]);
};

type Warned = Pick<z.output<typeof adminApi.applyDefinitions.reply>, 'warnings'>;

export const warningLines = ({ warnings }: Warned): readonly string[] =>
  warnings.map(({ field, problem }) => `warning: ${field}: ${problem}`);
