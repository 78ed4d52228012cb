import type { Command } from 'commander';
import { migrateStore } from '../../../shared/app.ts';
import { daemonAt } from '../../lock.ts';
import { Exit } from '../exit.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';

export const addMigrate = (program: Command): void => {
  program
    .command('migrate')
    .description('Bring the store to this version; refuses while a daemon runs')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const { settings } = openSession();
      const daemon = await daemonAt(settings.dataDir);
      if (daemon)
        throw new Exit(2, `A daemon (pid ${daemon.pid}) runs on ${settings.dataDir}; stop it first.`);
      const applied = await migrateStore();
      createOutput(json === true).result({ applied }, () => [
        applied === 0 ? 'The store is up to date.' : `${applied} migrations were applied.`,
      ]);
    });
};
