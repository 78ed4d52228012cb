import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { suppressionsApi } from '../../../shared/wire/suppressions-api.ts';
import { Exit } from '../exit.ts';
import { createOutput, table } from '../output.ts';
import { readText } from '../read-text.ts';
import { openSession } from '../session.ts';

interface Options {
  readonly json?: true;
  readonly scope: string;
  readonly reason: string;
}

/** Far below the limit of a body, however long the addresses are. */
const LINES_AT_ONCE = 20_000;

export const addSuppress = (program: Command): void => {
  const suppress = program.command('suppress').description('Addresses that are not mailed');
  const about = (command: Command): Command =>
    command
      .option('--scope <scope>', 'an organisation, or * for everywhere', '*')
      .option('--reason <reason>', 'manual, unsubscribe, complaint or bounce', 'manual')
      .option('--json', 'print JSON');
  about(suppress.command('add <addresses...>').description('Mail these addresses no more')).action(
    addAddresses,
  );
  about(
    suppress
      .command('import <file>')
      .description('Take in a CSV file; columns scope and reason go before the options'),
  ).action(importFile);
  suppress
    .command('remove <address>')
    .description('Mail an address again; what an external list says stays')
    .option('--json', 'print JSON')
    .action(removeAddress);
  suppress
    .command('list')
    .description('List them, masked, or what stands against one address')
    .option('--address <address>', 'this one only')
    .option('--limit <n>', 'how many', '100')
    .option('--json', 'print JSON')
    .action(listEntries);
  suppress
    .command('export [file]')
    .description('Write all of them as CSV, with the addresses in the clear, to a file or to the output')
    .action(exportEntries);
  addLists(suppress);
};

const addAddresses = async (
  addresses: readonly string[],
  { scope, reason, json }: Options,
): Promise<void> => {
  const body = { addresses: [...addresses], scope, reason };
  printImport(await openSession().operator.call(suppressionsApi.addSuppressions, { body }), json);
};

interface Imported {
  readonly rows: number;
  readonly added: number;
  readonly known: number;
  readonly refused: number;
  readonly faults: readonly { readonly line: number; readonly problem: string }[];
}

/** In parts, each with the heading of the file, so that a list of a million needs no request of its size. */
const importFile = async (file: string, { scope, reason, json }: Options): Promise<void> => {
  const { operator } = openSession();
  const lines = (await readText(file)).split(/\r\n|\n|\r/);
  const heading = /@/.test(lines[0] ?? '') ? [] : lines.splice(0, 1);
  let sum: Imported = { rows: 0, added: 0, known: 0, refused: 0, faults: [] };
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
    const csv = [...heading, ...lines.slice(from, from + LINES_AT_ONCE)].join('\n');
    const part = await operator.call(suppressionsApi.importSuppressions, { body: { csv, scope, reason } });
    const faults = part.faults.map((fault) => ({ ...fault, line: fault.line + from }));
    sum = {
      rows: sum.rows + part.rows,
      added: sum.added + part.added,
      known: sum.known + part.known,
      refused: sum.refused + part.refused,
      faults: [...sum.faults, ...faults].slice(0, 100),
    };
  }
  printImport(sum, json);
};

const printImport = (done: Imported, json: true | undefined): void => {
  createOutput(json === true).result(done, () => [
    `${done.rows} addresses: ${done.added} added, ${done.known} there before, ${done.refused} refused.`,
    ...done.faults.map(({ line, problem }) => `  line ${line}: ${problem}`),
  ]);
  if (done.refused > 0) process.exitCode = 1;
};

const removeAddress = async (address: string, { json }: { json?: true }): Promise<void> => {
  const { operator } = openSession();
  const { items } = await operator.call(suppressionsApi.findSuppressions, { body: { address } });
  const own = items.filter(({ reason }) => reason !== 'list');
  for (const { id } of own) await operator.call(suppressionsApi.removeSuppression, { params: { id } });
  const kept = items.length - own.length;
  createOutput(json === true).result({ removed: own.length, kept }, () => [
    own.length === 0 ? 'Nothing of our own stands against this address.' : `${own.length} removed.`,
    ...(kept > 0 ? ['It stands in an external list, which goes on to stop it.'] : []),
  ]);
};

const listEntries = async ({
  address,
  limit,
  json,
}: {
  address?: string;
  limit: string;
  json?: true;
}): Promise<void> => {
  const { operator } = openSession();
  const { items } = address
    ? await operator.call(suppressionsApi.findSuppressions, { body: { address } })
    : await operator.call(suppressionsApi.listSuppressions, { query: { limit } });
  createOutput(json === true).result({ items }, () =>
    items.length === 0
      ? ['There is nothing.']
      : table(items.map((item) => [item.address, item.scope, item.reason, item.origin, item.createdAt])),
  );
};

const exportEntries = async (file: string | undefined): Promise<void> => {
  const lines = Readable.from(await openSession().operator.stream(suppressionsApi.exportSuppressions));
  if (file === undefined) return pipeline(lines, process.stdout, { end: false });
  await pipeline(lines, createWriteStream(file, { mode: 0o600, flags: 'wx' })).catch((fault: unknown) => {
    throw whyNot(file, fault);
  });
};

const whyNot = (file: string, fault: unknown): unknown => {
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
  if (code === 'EEXIST') return new Exit(2, `${file} is there already.`);
  return typeof code === 'string' ? new Exit(2, `${file} cannot be written (${code}).`) : fault;
};

const addLists = (suppress: Command): void => {
  const lists = suppress
    .command('lists')
    .description('Lists of addresses that others keep, fetched each hour');
  lists
    .command('show', { isDefault: true })
    .description('Show them')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const shown = await openSession().operator.call(suppressionsApi.listBlockLists);
      createOutput(json === true).result(shown, () =>
        shown.items.length === 0
          ? ['There is none.']
          : table(
              shown.items.map((list) => [
                list.name,
                String(list.entries),
                list.fetchedAt ?? 'never',
                list.fault ?? '',
              ]),
            ),
      );
    });
  lists
    .command('add <name> <url>')
    .description('Mail nobody in this CSV file')
    .option('--json', 'print JSON')
    .action(async (name: string, url: string, { json }: { json?: true }) => {
      const added = await openSession().operator.call(suppressionsApi.addBlockList, { body: { name, url } });
      createOutput(json === true).result(added, () => [`${name} is fetched within a minute.`]);
    });
  lists
    .command('remove <name>')
    .description('Forget a list and all its entries')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: { json?: true }) => {
      const { operator } = openSession();
      const { items } = await operator.call(suppressionsApi.listBlockLists);
      const list = items.find((one) => one.name === name);
      if (!list) throw new Exit(2, `There is no list named ${name}.`);
      await operator.call(suppressionsApi.removeBlockList, { params: { id: list.id } });
      createOutput(json === true).result({ removed: name }, () => [`${name} is forgotten.`]);
    });
};
