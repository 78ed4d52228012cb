import { type Command, Option } from 'commander';
import type { DaemonRole } from '../../host.ts';
import { serveUntilStopped } from '../serve-until-stopped.ts';
import { openSession } from '../session.ts';

export const addServe = (program: Command): void => {
  program
    .command('serve')
    .description('Host the API and the workers until SIGTERM; prints "ready http://…" when it takes work')
    .addOption(new Option('--role <role>', 'what to host').choices(['api', 'worker', 'all']).default('all'))
    .action(async ({ role }: { role: DaemonRole }) => {
      process.exitCode = await serveUntilStopped(openSession(), role);
    });
};
