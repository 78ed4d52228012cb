import { type Command, Option } from 'commander';
import { enqueueApi } from '../../../shared/wire/enqueue-api.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';
import type { ShownRun } from '../shown-run.ts';
import { exitCodeOf, reasonsOf, totalsOf, watchRun } from '../watch-run.ts';
import { withWorker } from '../with-worker.ts';

interface RunOptions {
  readonly wait?: true;
  readonly watch?: true;
  readonly json?: true;
  readonly key?: string;
  readonly date?: string;
}

export const addRun = (program: Command): void => {
  program
    .command('run <automation>')
    .description('Start a run of an automation, by name or id')
    .option('--wait', 'end when the run finishes (0), fails (1) or waits for a person (3)')
    .option('--watch', 'the same, with a progress bar')
    .option('--json', 'print the totals as JSON')
    .addOption(new Option('--key <key>', 'Idempotency-Key: the same key gives the same run'))
    .addOption(
      new Option('--date <yyyy-mm-dd>', 'business date; today in the zone of the schedule when left out'),
    )
    .action(runAutomation);
};

const runAutomation = async (automation: string, options: RunOptions): Promise<void> => {
  const output = createOutput(options.json === true);
  const session = openSession();
  const start = () =>
    session.operator.call(enqueueApi.startRun, {
      params: { id: automation },
      body: options.date ? { businessDate: options.date } : {},
      headers: options.key ? { 'idempotency-key': options.key } : {},
    });
  if (!options.wait && !options.watch) return print(await start(), options);
  const run = await withWorker(session, async () =>
    watchRun(session.operator, (await start()).run, output, options.watch === true),
  );
  print(run, options);
  process.exitCode = exitCodeOf(run);
};

const print = (run: ShownRun, { json, wait, watch }: RunOptions): void =>
  createOutput(json === true).result(totalsOf(run), () => [
    wait || watch ? describeTotals(run) : `Run ${run.run} of ${run.automation} has started.`,
    ...reasonsOf(run),
  ]);

export const describeTotals = (run: ShownRun): string =>
  `Run ${run.run} of ${run.automation}: ${run.state}. ${run.targets} targets = ${run.sent} sent + ${run.failed} failed + ` +
  `${run.suppressed} suppressed + ${run.skipped} skipped + ${run.cancelled} cancelled + ${run.held} held` +
  (run.open > 0 ? ` + ${run.open} open` : '');
