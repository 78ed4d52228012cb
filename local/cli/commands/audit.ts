import type { Command } from 'commander';
import { securityApi } from '../../../shared/wire/security-api.ts';
import { createOutput, table } from '../output.ts';
import { openSession } from '../session.ts';

const MEANINGS = {
  edited: 'was changed after it was written',
  missing: 'is gone, and perhaps others after it',
  reordered: 'stands where another one stood',
  tail_cut: 'and all that followed were cut off',
  rebuilt: 'was written anew, with all that follow',
  checkpoint_forged: 'has a checkpoint that Tank did not seal',
  checkpoint_missing: 'has lost its checkpoint',
} as const;

export const addAudit = (program: Command): void => {
  const audit = program.command('audit').description('The record of who did what');
  audit
    .command('verify')
    .description(
      'Look for changes in the record: edits, deletions, another order, a cut end, a rebuilt chain',
    )
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const verdict = await openSession().operator.call(securityApi.verifyAudit);
      createOutput(json === true).result(verdict, () => [
        `${verdict.entries} entries from entry ${verdict.from} on, ${verdict.checkpoints} checkpoints`,
        ...verdict.faults.map(({ sequence, kind }) => `entry ${sequence} ${MEANINGS[kind]} (${kind})`),
        verdict.faults.length === 0 ? 'Nobody has changed the record.' : 'The record was changed.',
      ]);
      if (verdict.faults.length > 0) process.exitCode = 1;
    });
  audit
    .command('list')
    .description('The latest entries, newest first')
    .option('--limit <number>', 'how many', '50')
    .option('--event <name>', 'only this event, such as sign-in.refused')
    .option('--actor <id>', 'only what this account or os:<user> did')
    .option('--json', 'print JSON')
    .action(async (options: { limit: string; event?: string; actor?: string; json?: true }) => {
      const { limit, event, actor, json } = options;
      const page = await openSession().operator.call(securityApi.listAudit, {
        query: { limit, ...(event && { event }), ...(actor && { actor }) },
      });
      createOutput(json === true).result(page, () =>
        page.items.length === 0
          ? ['There is nothing.']
          : table(
              page.items.map((one) => [
                String(one.sequence),
                one.at,
                one.event,
                one.outcome,
                one.actor,
                one.address,
                one.subject ?? '',
              ]),
            ),
      );
    });
};
