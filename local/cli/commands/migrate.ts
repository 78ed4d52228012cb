import type { Command } from 'commander';
import { findDaemon } from '../../lock.ts';
import { Exit } from '../exit.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';

export const addMigrate = (program: Command): void => {
  program
    .command('migrate')
    .description('Bring the store to this version; refuses while a daemon runs')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const { settings, ports } = openSession();
      const { running } = await findDaemon(settings.dataDir);
      if (running) throw new Exit(2, `A daemon runs on ${settings.dataDir}; stop it first.`);
      await ports.ledger();
      createOutput(json === true).result({ migrated: true }, () => ['The store is of this version.']);
    });
};
