import type { Command } from 'commander';
import { runsControlApi } from '../../../shared/wire/runs-control-api.ts';
import type { Operator } from '../operator.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';

interface Check {
  readonly name: string;
  /** Sentences of what is wrong; none: all is well. */
  readonly look: (operator: Operator) => Promise<readonly string[]>;
}

const totals: Check = {
  name: 'totals',
  look: async (operator) => {
    const { items } = await operator.call(runsControlApi.checkTotals);
    return items.map(({ run, state, targets, sends, open, stranded }) =>
      stranded > 0
        ? `run ${run} (${state}): ${stranded} of ${open} open sends wait in no batch`
        : `run ${run} (${state}): ${targets} targets, ${sends} sends, ${open} of them open`,
    );
  },
};

const CHECKS: readonly Check[] = [totals];

export const addDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description('Look for what is wrong; 0 when nothing is')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: true }) => {
      const { operator } = openSession();
      const checks = await Promise.all(
        CHECKS.map(async ({ name, look }) => ({ check: name, faults: await look(operator) })),
      );
      createOutput(json === true).result({ checks }, () =>
        checks.flatMap(({ check, faults }) =>
          faults.length === 0 ? [`${check}: all is well`] : faults.map((fault) => `${check}: ${fault}`),
        ),
      );
      if (checks.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
    });
};
