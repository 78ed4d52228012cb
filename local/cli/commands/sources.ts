import type { Command } from 'commander';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { createOutput, table } from '../output.ts';
import { openSession } from '../session.ts';

interface Json {
  readonly json?: true;
}

export const addSources = (program: Command): void => {
  const sources = program.command('sources').description('Connections to customer databases');
  sources
    .command('list')
    .description('List the sources and who uses them')
    .option('--json', 'print JSON')
    .action(listSources);
  sources
    .command('test <source>')
    .description('Connect, and name the rights of the account; one with too many is refused')
    .option('--json', 'print JSON')
    .action(testSource);
};

const listSources = async ({ json }: Json): Promise<void> => {
  const { items } = await openSession().operator.call(adminApi.listSources);
  const cells = items.map(({ id, version, definition, usedBy }) => [
    id,
    String(definition.kind),
    String(version),
    usedBy.join(', '),
  ]);
  createOutput(json === true).result({ items }, () =>
    items.length === 0
      ? ['There are no sources yet.']
      : table([['source', 'kind', 'version', 'used by'], ...cells]),
  );
};

const testSource = async (id: string, { json }: Json): Promise<void> => {
  const tested = await openSession().operator.call(adminApi.testSource, { params: { id } });
  createOutput(json === true).result(tested, () => [
    `${tested.source}: ${tested.product} ${tested.version}, as ${tested.user}, ${tested.encrypted ? 'encrypted' : 'NOT encrypted'}`,
    `may: ${tested.privileges.join(', ')}`,
    ...(tested.waiver
      ? [`more than Tank needs: ${tested.tooMighty.join(', ')}`, `waived: ${tested.waiver}`]
      : []),
  ]);
};
