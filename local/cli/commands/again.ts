import { type Command, Option } from 'commander';
import { againApi } from '../../../shared/wire/again-api.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';
import { exitCodeOf, reasonsOf, totalsOf, watchRun } from '../watch-run.ts';
import { withWorker } from '../with-worker.ts';
import { describeTotals } from './run.ts';

interface AgainOptions {
  readonly reason: string;
  readonly key?: string;
  readonly wait?: true;
  readonly json?: true;
}

export const addAgain = (program: Command): void => {
  program
    .command('again <send>')
    .description('Send one mail of a finished run again; `tank runs <run>` and the API name the sends')
    .requiredOption('--reason <reason>', 'why; it is kept with the mail')
    .option('--wait', 'end when the mail is sent (0), has failed (1) or waits for a person (3)')
    .option('--json', 'print the totals as JSON')
    .addOption(new Option('--key <key>', 'Idempotency-Key: the same key sends it once'))
    .action(sendAgain);
};

const sendAgain = async (send: string, { reason, key, wait, json }: AgainOptions): Promise<void> => {
  const output = createOutput(json === true);
  const session = openSession();
  const start = () =>
    session.operator.call(againApi.sendAgain, {
      params: { id: send },
      body: { reason },
      headers: key ? { 'idempotency-key': key } : {},
    });
  const run = wait
    ? await withWorker(session, async () => watchRun(session.operator, (await start()).run, output, false))
    : await start();
  output.result(totalsOf(run), () => [
    wait ? describeTotals(run) : `Send ${send} goes out again as run ${run.run}.`,
    ...reasonsOf(run),
  ]);
  if (wait) process.exitCode = exitCodeOf(run);
};
