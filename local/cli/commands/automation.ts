import type { Command } from 'commander';
import type { z } from 'zod';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { readDefinitionFiles } from '../definition-files.ts';
import { Refused } from '../exit.ts';
import { createOutput, table } from '../output.ts';
import { openSession } from '../session.ts';
import { withSession } from '../throwaway-session.ts';
import { warningLines } from './apply.ts';

interface Json {
  readonly json?: true;
}

export const addAutomation = (program: Command): void => {
  const automation = program.command('automation').description('Automations: list, check, pause, resume');
  automation
    .command('list')
    .description('List the automations in their current versions')
    .option('--json', 'print JSON')
    .action(listAutomations);
  automation
    .command('check <files...>')
    .description(
      'Say what "tank apply" would say and change nothing; 0 fine, 1 faults. Needs no installation',
    )
    .option('--offline', 'syntax, queries and template only: neither source nor folder is touched')
    .option('--json', 'print JSON')
    .action(checkFiles);
  automation
    .command('files <automation>')
    .description(
      'Look for every attachment as a run would before its first mail, without a run; 1 when some fail',
    )
    .option('--date <yyyy-mm-dd>', 'business date; today when left out')
    .option('--json', 'print JSON')
    .action(checkAttachments);
  automation
    .command('pause <automation>')
    .description('Hold all its runs, those under way and those to come')
    .requiredOption('--reason <reason>', 'why')
    .option('--json', 'print JSON')
    .action(async (id: string, { reason, json }: Json & { readonly reason: string }) =>
      printHolds(
        await openSession().operator.call(adminApi.pauseAutomation, { params: { id }, body: { reason } }),
        json,
      ),
    );
  automation
    .command('resume <automation>')
    .description('Lift the holds that persons have put on it')
    .option('--hold <id>', 'one hold only')
    .option('--json', 'print JSON')
    .action(async (id: string, { hold, json }: Json & { readonly hold?: string }) =>
      printHolds(
        await openSession().operator.call(adminApi.resumeAutomation, {
          params: { id },
          body: hold ? { hold } : {},
        }),
        json,
      ),
    );
};

const listAutomations = async ({ json }: Json): Promise<void> => {
  const { items } = await openSession().operator.call(adminApi.listAutomations);
  const cells = items.map((one) => [
    one.name,
    one.id,
    String(one.version),
    one.organisation,
    one.source,
    one.createdAt,
  ]);
  createOutput(json === true).result({ items }, () =>
    items.length === 0
      ? ['There are no automations yet.']
      : table([['name', 'id', 'version', 'organisation', 'source', 'saved'], ...cells]),
  );
};

const checkFiles = async (
  files: readonly string[],
  { offline, json }: Json & { readonly offline?: true },
): Promise<void> => {
  const documents = await readDefinitionFiles(files);
  const output = createOutput(json === true);
  await withSession(async ({ operator }) => {
    try {
      const body = { documents, offline: offline === true };
      const checked = await operator.call(adminApi.checkDefinitions, { body });
      output.result({ ok: true, ...checked, faults: [] }, () => [
        ...warningLines(checked),
        `${checked.sources.length} sources and ${checked.automations.length} automations are fine.`,
      ]);
    } catch (thrown) {
      if (!(thrown instanceof Refused) || thrown.errors.length === 0) throw thrown;
      output.result({ ok: false, faults: thrown.errors }, () =>
        thrown.errors.map(({ field, problem }) => `${field}: ${problem}`),
      );
      process.exitCode = 1;
    }
  });
};

type FilesReply = z.output<typeof adminApi.checkFiles.reply>;

const checkAttachments = async (
  id: string,
  { date, json }: Json & { readonly date?: string },
): Promise<void> => {
  const { operator } = openSession();
  const pages: FilesReply[] = [];
  let cursor: string | null = null;
  do {
    const body: object = { ...(date ? { businessDate: date } : {}), ...(cursor ? { cursor } : {}) };
    const page: FilesReply = await operator.call(adminApi.checkFiles, { params: { id }, body });
    pages.push(page);
    cursor = page.nextCursor;
  } while (cursor);
  const faults = pages.flatMap((page) => page.faults);
  const states = sumStates(pages);
  const rows = pages.reduce((sum, page) => sum + page.rows, 0);
  createOutput(json === true).result({ folder: pages[0]?.folder, rows, states, faults }, () => [
    `${pages[0]?.folder}: ${rows} rows, ${Object.entries(states)
      .map(([state, count]) => `${count} ${state}`)
      .join(', ')}`,
    ...table(faults.map((fault) => [fault.state, fault.key, fault.column, fault.name, fault.mend ?? ''])),
  ]);
  if (faults.length > 0) process.exitCode = 1;
};

const sumStates = (pages: readonly FilesReply[]): Record<string, number> => {
  const states: Record<string, number> = {};
  for (const page of pages)
    for (const [state, count] of Object.entries(page.states)) states[state] = (states[state] ?? 0) + count;
  return states;
};

const printHolds = (
  automation: z.output<typeof adminApi.pauseAutomation.reply>,
  json: true | undefined,
): void => {
  const { name, holds } = automation;
  createOutput(json === true).result(automation, () =>
    holds.length === 0
      ? [`${name} goes on.`]
      : holds.map(({ id, author, reason }) => `${name} is held by ${author}: ${reason} (${id})`),
  );
};
