import { type Command, InvalidArgumentError, Option } from 'commander';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import type { Operator } from '../operator.ts';
import { createOutput, table } from '../output.ts';
import { openSession } from '../session.ts';
import { reasonsOf, type ShownRun, totalsOf } from '../watch-run.ts';
import { describeTotals } from './run.ts';

interface RunsOptions {
  readonly json?: true;
  readonly limit: string;
}

export const addRuns = (program: Command): void => {
  program
    .command('runs [run]')
    .description('List the runs, newest first, or show one run with every send that did not go out')
    .addOption(new Option('--limit <n>', 'how many, from 1 to 1000').argParser(toLimit).default('20'))
    .option('--json', 'print JSON')
    .action(async (run: string | undefined, options: RunsOptions) =>
      run ? showRun(run, options) : listRuns(options),
    );
};

const toLimit = (text: string): string => {
  if (/^[1-9]\d{0,2}$|^1000$/.test(text)) return text;
  throw new InvalidArgumentError('Give a number from 1 to 1000.');
};

const listRuns = async ({ json, limit }: RunsOptions): Promise<void> => {
  const { operator } = openSession();
  const { items } = await operator.call(adminApi.listRuns, { query: { limit } });
  createOutput(json === true).result({ items: items.map(totalsOf) }, () =>
    items.length === 0 ? ['There are no runs yet.'] : table([HEAD, ...items.map(toCells)]),
  );
};

const HEAD = [
  'run',
  'automation',
  'state',
  'targets',
  'sent',
  'failed',
  'suppressed',
  'skipped',
  'cancelled',
  'held',
  'started',
];

const toCells = (run: ShownRun): readonly string[] => [
  run.run,
  run.automation,
  run.state,
  ...[run.targets, run.sent, run.failed, run.suppressed, run.skipped, run.cancelled, run.held].map(String),
  run.startedAt,
];

const showRun = async (id: string, { json }: RunsOptions): Promise<void> => {
  const { operator } = openSession();
  const run = await operator.call(adminApi.getRun, { params: { id } });
  const faults = await faultsOf(operator, id);
  createOutput(json === true).result({ ...run, faults }, () => [
    describeTotals(run),
    ...reasonsOf(run),
    ...describeSends(faults),
  ]);
};

const NOT_OUT = ['failed', 'suppressed', 'skipped', 'cancelled', 'held', 'in_doubt', 'retry'] as const;
const PAGE = '1000';

/** Every send with a reason against it, state by state. */
export const faultsOf = async (operator: Operator, id: string) => {
  const found = [];
  for (const state of NOT_OUT) {
    let cursor: string | null | undefined;
    do {
      const query: Record<string, string> = { state, limit: PAGE, ...(cursor ? { cursor } : {}) };
      const page = await operator.call(adminApi.listSends, { params: { id }, query });
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
  }
  return found;
};

export const describeSends = (sends: Awaited<ReturnType<typeof faultsOf>>): readonly string[] =>
  table(sends.map((send) => [send.send, send.address, send.state, send.fault?.detail ?? '']));
