import { type Command, Option } from 'commander';
import type { Settings } from '../../../shared/config/load.ts';
import type { DaemonRole } from '../../host.ts';
import { StartFault } from '../../start-fault.ts';
import { createOutput } from '../output.ts';
import { EVENTS_AS_JSON, serveUntilStopped } from '../serve-until-stopped.ts';
import { openSession } from '../session.ts';

export const addServe = (program: Command): void => {
  program
    .command('serve')
    .description('Host the API and the workers until SIGTERM; prints "ready http://…" when it takes work')
    .addOption(new Option('--role <role>', 'what to host').choices(['api', 'worker', 'all']).default('all'))
    .option(...EVENTS_AS_JSON)
    .action(async ({ role, json }: { role: DaemonRole; json?: true }) => {
      const session = openSession();
      demandWorker(role, session.settings);
      process.exitCode = await serveUntilStopped(session, role, createOutput(json === true));
    });
};

/** A data folder takes one daemon, so beside this one nobody could ever send. */
const demandWorker = (role: DaemonRole, { store }: Settings): void => {
  if (role !== 'api' || store !== 'sqlite') return;
  throw new StartFault({
    key: '--role',
    problem: 'is api, and with TANK_STORE=sqlite no other process can send what this one takes in',
    mend: 'Serve with --role all, or set TANK_STORE=postgres and serve workers with data folders of their own.',
  });
};
