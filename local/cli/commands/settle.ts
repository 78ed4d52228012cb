import { type Command, Option } from 'commander';
import { runsControlApi } from '../../../shared/wire/runs-control-api.ts';
import { Exit } from '../exit.ts';
import { createOutput } from '../output.ts';
import { readText } from '../read-text.ts';
import { openSession } from '../session.ts';
import { reasonsOf, totalsOf } from '../watch-run.ts';
import { describeTotals } from './run.ts';

interface SettleOptions {
  readonly reason: string;
  readonly to?: string;
  readonly send?: readonly string[];
  readonly code?: readonly string[];
  readonly csv?: string;
  readonly json?: true;
}

export const addSettle = (program: Command): void => {
  program
    .command('settle <run>')
    .description(
      'Decide about held sends: they went out (sent), they will not (failed), they are sent now (pending)',
    )
    .addOption(new Option('--to <state>', 'what becomes of them').choices(['sent', 'failed', 'pending']))
    .requiredOption('--reason <reason>', 'why; it is kept with each send')
    .option('--send <send...>', 'only these sends')
    .option('--code <code...>', 'only those that are held for this reason')
    .option('--csv <file>', 'a file of lines `send,to[,reason]` instead')
    .option('--json', 'print JSON')
    .action(settleRun);
};

const settleRun = async (id: string, options: SettleOptions): Promise<void> => {
  const body = await bodyOf(options);
  const { settled, unchanged, run } = await openSession().operator.call(runsControlApi.settleRun, {
    params: { id },
    body,
  });
  createOutput(options.json === true).result({ settled, unchanged, ...totalsOf(run) }, () => [
    `${settled} sends are settled.`,
    ...(unchanged.length > 0
      ? [
          `${unchanged.length} were not held, or their recipient is open at another address; they stay as they are: ${unchanged.join(', ')}`,
        ]
      : []),
    describeTotals(run),
    ...reasonsOf(run),
  ]);
};

const bodyOf = async ({ reason, to, send, code, csv }: SettleOptions): Promise<object> => {
  if (csv) {
    if (to || send || code) throw new Exit(2, '--csv says everything; leave out --to, --send and --code.');
    return { csv: await readText(csv), reason };
  }
  if (!to) throw new Exit(2, 'Give --to sent, failed or pending, or a --csv file.');
  return { to, reason, ...(send ? { sends: send } : {}), ...(code ? { codes: code } : {}) };
};
