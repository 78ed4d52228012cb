import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { RUN_STATES } from '../../../shared/domain/run.ts';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import type { Operator } from '../operator.ts';
import { createOutput, table } from '../output.ts';
import { openSession } from '../session.ts';
import type { ShownRun } from '../shown-run.ts';
import { reasonsOf, totalsOf } from '../watch-run.ts';
import { describeTotals } from './run.ts';

interface RunsOptions {
  readonly json?: true;
  readonly csv?: true;
  readonly limit: string;
  readonly automation?: string;
  readonly state?: string;
}

export const addRuns = (program: Command): void => {
  program
    .command('runs [run]')
    .description('List the runs, newest first, or show one run with every send that did not go out')
    .addOption(new Option('--limit <n>', 'how many, from 1 to 1000').argParser(toLimit).default('20'))
    .option('--automation <name>', 'of one automation only')
    .addOption(new Option('--state <state>', 'in one state only').choices(RUN_STATES))
    .option('--json', 'print JSON')
    .option('--csv', 'with a run: print all its sends as CSV')
    .action(async (run: string | undefined, options: RunsOptions) => {
      if (!run) return listRuns(options);
      return options.csv ? printCsv(run) : showRun(run, options);
    });
};

const toLimit = (text: string): string => {
  if (!/^[1-9]\d{0,3}$/.test(text) || Number(text) > 1000)
    throw new InvalidArgumentError('Give a number from 1 to 1000.');
  return text;
};

const listRuns = async ({ json, limit, automation, state }: RunsOptions): Promise<void> => {
  const { operator } = openSession();
  const query = { limit, ...(automation ? { automation } : {}), ...(state ? { state } : {}) };
  const { items } = await operator.call(adminApi.listRuns, { query });
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
  const { items: reasons } = await operator.call(adminApi.listFaults, { params: { id } });
  const faults = await faultsOf(operator, id);
  createOutput(json === true).result({ ...run, reasons, faults }, () => [
    describeTotals(run),
    ...reasonsOf(run),
    ...reasons.flatMap(describeReason),
    ...describeSends(faults),
  ]);
};

/** Page after page, as the other side of a pipe takes it. */
const printCsv = async (id: string): Promise<void> => {
  const input = { params: { id }, query: { reveal: 'keys' }, headers: { accept: 'text/csv' } };
  for await (const lines of await openSession().operator.stream(adminApi.listSends, input))
    await new Promise((written) => process.stdout.write(lines, written));
};

type Reason = z.output<typeof adminApi.listFaults.reply>['items'][number];

const describeReason = ({ state, sends, fault }: Reason): readonly string[] =>
  fault
    ? [`${sends} ${state}: ${fault.detail}`, ...(fault.mend ? [`  → ${fault.mend}`] : [])]
    : [`${sends} ${state}`];

const NOT_OUT = ['failed', 'suppressed', 'skipped', 'cancelled', 'held', 'in_doubt', 'retry'] as const;
const PAGE = '1000';

/** Every send with a reason against it, state by state, with its recipient key. */
export const faultsOf = async (operator: Operator, id: string) => {
  const found = [];
  for (const state of NOT_OUT) {
    let cursor: string | null | undefined;
    do {
      const page: z.output<typeof adminApi.listSends.reply> = await operator.call(adminApi.listSends, {
        params: { id },
        query: { state, limit: PAGE, reveal: 'keys', ...(cursor ? { cursor } : {}) },
      });
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
  }
  return found;
};

export const describeSends = (sends: Awaited<ReturnType<typeof faultsOf>>): readonly string[] =>
  table(
    sends.map(({ send, key = '', address, state, fault, files }) => [
      send,
      key,
      address,
      state,
      fault?.detail ?? '',
      files?.find(({ column }) => column === fault?.facts.column)?.name ?? '',
    ]),
  );
