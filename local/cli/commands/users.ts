import type { Command } from 'commander';
import { usersApi } from '../../../shared/wire/users-api.ts';
import { createOutput } from '../output.ts';
import { openSession } from '../session.ts';

export const addUsers = (program: Command): void => {
  const users = program.command('users').description('Accounts of the console and the API');
  users
    .command('init')
    .description('Make the first administrator and print a one-time password; nothing when there is one')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const made = await openSession().operator.call(usersApi.firstAdministrator);
      createOutput(json === true).result(made, () => [
        made.password === null
          ? 'There is an administrator already.'
          : `Sign in as ${made.name} with the one-time password ${made.password}; it must be replaced at once.`,
      ]);
    });
};
