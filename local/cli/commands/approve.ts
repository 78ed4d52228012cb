import type { Command } from 'commander';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { approvalApi } from '../../../shared/wire/approval-api.ts';
import { openSession } from '../session.ts';
import { printRun } from './control.ts';

interface ApprovalOptions {
  readonly plan?: string;
  readonly json?: true;
}

const PLAN = ['--plan <plan>', 'the plan that was looked at, as `tank runs <run>` shows it'] as const;

export const addApproval = (program: Command): void => {
  program
    .command('approve <run>')
    .description('Let a planned run go; neither its starter nor the last editor of its version may')
    .option(...PLAN)
    .option('--json', 'print the totals as JSON')
    .action(async (id: string, options: ApprovalOptions) => {
      const { operator } = openSession();
      const plan = options.plan ?? (await operator.call(adminApi.getRun, { params: { id } })).approval?.plan;
      const body = plan ? { plan } : {};
      printRun(await operator.call(approvalApi.approveRun, { params: { id }, body }), options.json);
    });
  program
    .command('reject <run>')
    .description('End a planned run before its first mail')
    .requiredOption('--reason <reason>', 'why')
    .option(...PLAN)
    .option('--json', 'print the totals as JSON')
    .action(async (id: string, options: ApprovalOptions & { readonly reason: string }) => {
      const { reason, plan } = options;
      const body = { reason, ...(plan ? { plan } : {}) };
      printRun(
        await openSession().operator.call(approvalApi.rejectRun, { params: { id }, body }),
        options.json,
      );
    });
};
