import type { Command } from 'commander';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';
import type { ShownRun } from '../shown-run.ts';
import { reasonsOf, totalsOf } from '../watch-run.ts';
import { describeTotals } from './run.ts';

interface Json {
  readonly json?: true;
}

const JSON_OPTION = ['--json', 'print the totals as JSON'] as const;

export const addControl = (program: Command): void => {
  program
    .command('pause <run>')
    .description('Hold a run; at most the mails that are marked already go out')
    .requiredOption('--reason <reason>', 'why')
    .option(...JSON_OPTION)
    .action(async (id: string, { reason, json }: Json & { readonly reason: string }) => {
      const run = await openSession().operator.call(adminApi.pauseRun, { params: { id }, body: { reason } });
      printRun(run, json);
    });
  program
    .command('resume <run>')
    .description('Lift what persons have put on a run, or one named hold of it')
    .option('--hold <hold>', 'lift this hold only, whoever has laid it')
    .option(...JSON_OPTION)
    .action(async (id: string, { hold, json }: Json & { readonly hold?: string }) => {
      const body = hold ? { hold } : {};
      printRun(await openSession().operator.call(adminApi.resumeRun, { params: { id }, body }), json);
    });
  program
    .command('cancel <run>')
    .description('End a run; what has not been called stays unsent')
    .option(...JSON_OPTION)
    .action(async (id: string, { json }: Json) => {
      printRun(await openSession().operator.call(adminApi.cancelRun, { params: { id } }), json);
    });
};

export const printRun = (run: ShownRun, json: true | undefined): void =>
  createOutput(json === true).result(totalsOf(run), () => [describeTotals(run), ...reasonsOf(run)]);
