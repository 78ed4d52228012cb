import { type Command, Option } from 'commander';
import { ERROR_CLASSES } from '../../../shared/domain/errors.ts';
import { runsControlApi } from '../../../shared/wire/runs-control-api.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';
import { exitCodeOf, reasonsOf, totalsOf, watchRun } from '../watch-run.ts';
import { withWorker } from '../with-worker.ts';
import { describeTotals } from './run.ts';

interface RetryOptions {
  readonly reason: string;
  readonly class?: readonly string[];
  readonly wait?: true;
  readonly json?: true;
}

export const addRetry = (program: Command): void => {
  program
    .command('retry <run>')
    .description('Try the failed sends of a run again; a finished run goes on')
    .requiredOption('--reason <reason>', 'why')
    .addOption(
      new Option('--class <class...>', 'only what failed for this class of reason').choices(ERROR_CLASSES),
    )
    .option('--wait', 'end when the run finishes (0), fails (1) or waits for a person (3)')
    .option('--json', 'print the totals as JSON')
    .action(retryRun);
};

const retryRun = async (id: string, options: RetryOptions): Promise<void> => {
  const output = createOutput(options.json === true);
  const session = openSession();
  const { class: classes, reason } = options;
  const order = { params: { id }, body: { reason, ...(classes ? { classes } : {}) } };
  const retry = () => session.operator.call(runsControlApi.retryRun, order);
  const work = async () => {
    const { retried } = await retry();
    return { retried, run: await watchRun(session.operator, id, output, false) };
  };
  const { retried, run } = await (options.wait ? withWorker(session, work) : retry());
  output.result({ retried, ...totalsOf(run) }, () => [
    `${retried} sends are tried again.`,
    describeTotals(run),
    ...reasonsOf(run),
  ]);
  if (options.wait) process.exitCode = exitCodeOf(run);
};
