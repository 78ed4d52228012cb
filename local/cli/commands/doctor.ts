import type { Command } from 'commander';
import { clientsApi } from '../../../shared/wire/clients-api.ts';
import { runsControlApi } from '../../../shared/wire/runs-control-api.ts';
import { gatewayOf } from '../../gateway-options.ts';
import { createOutput } from '../output.ts';
import { openSession, type Session } from '../session.ts';

interface Check {
  readonly name: string;
  /** Sentences of what is wrong; none: all is well; undefined: there is nothing to look at. */
  readonly look: (session: Session) => Promise<readonly string[] | undefined>;
}

const totals: Check = {
  name: 'totals',
  look: async ({ operator }) => {
    const { items } = await operator.call(runsControlApi.checkTotals);
    return items.map(({ run, state, targets, sends, open, stranded }) =>
      stranded > 0
        ? `run ${run} (${state}): ${stranded} of ${open} open sends wait in no batch`
        : `run ${run} (${state}): ${targets} targets, ${sends} sends, ${open} of them open`,
    );
  },
};

const gateway: Check = {
  name: 'gateway',
  look: async ({ settings, ports, operator }) => {
    const opens = gatewayOf(settings, ports);
    if (!opens) return undefined;
    const { examineGateway, faultsOfClients } = await import('../../gateway/examine.ts');
    const { items } = await operator.call(clientsApi.listClients);
    const now = Date.now();
    return [...(await examineGateway(opens.files, now)), ...faultsOfClients(items, now)];
  },
};

const CHECKS: readonly Check[] = [totals, gateway];

export const addDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description('Look for what is wrong; 0 when nothing is')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: true }) => {
      const session = openSession();
      const looked = await Promise.all(
        CHECKS.map(async ({ name, look }) => ({ check: name, faults: await look(session) })),
      );
      const checks = looked.flatMap(({ check, faults }) => (faults ? [{ check, faults }] : []));
      createOutput(json === true).result({ checks }, () =>
        checks.flatMap(({ check, faults }) =>
          faults.length === 0 ? [`${check}: all is well`] : faults.map((fault) => `${check}: ${fault}`),
        ),
      );
      if (checks.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
    });
};
