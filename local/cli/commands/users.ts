import type { Command } from 'commander';
import { usersApi } from '../../../shared/wire/users-api.ts';
import { Exit } from '../exit.ts';
import type { Operator } from '../operator.ts';
import { createOutput, table } from '../output.ts';
import { openSession } from '../session.ts';

interface Json {
  readonly json?: true;
}

export const addUsers = (program: Command): void => {
  const users = program.command('users').description('Accounts of the console and the API');
  users
    .command('init')
    .description('Make the first administrator and print a one-time password; nothing when there is one')
    .option('--json', 'print JSON')
    .action(async ({ json }: Json) => {
      const made = await openSession().operator.call(usersApi.firstAdministrator);
      createOutput(json === true).result(made, () => [
        made.password === null
          ? 'There is an administrator already.'
          : `Sign in as ${made.name} with the one-time password ${made.password}; it must be replaced at once.`,
      ]);
    });
  users
    .command('list')
    .description('All accounts')
    .option('--json', 'print JSON')
    .action(async ({ json }: Json) => {
      const { items } = await allUsers(openSession().operator);
      createOutput(json === true).result({ items }, () =>
        table(
          items.map(({ name, role, organisations, disabled, locked, secondFactor }) => [
            name,
            role,
            organisations.join(','),
            disabled ? 'shut' : locked ? 'locked' : 'open',
            secondFactor ? 'second factor' : '',
          ]),
        ),
      );
    });
  users
    .command('unlock <name>')
    .description('Lift the locks of failed sign-ins')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: Json) => {
      const { operator } = openSession();
      await operator.call(usersApi.unlockUser, { params: { id: await idOf(operator, name) } });
      createOutput(json === true).result({ name }, () => [`${name} may sign in again.`]);
    });
  users
    .command('reset <name>')
    .description('Print a new one-time password, and end all sessions of the account')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: Json) => {
      const { operator } = openSession();
      const params = { id: await idOf(operator, name) };
      const { password } = await operator.call(usersApi.resetPassword, { params });
      createOutput(json === true).result({ name, password }, () => [
        `Sign in as ${name} with the one-time password ${password}; it must be replaced at once.`,
      ]);
    });
};

const PAGE = 1000;

const allUsers = async (operator: Operator) => {
  const items: Awaited<ReturnType<typeof page>>['items'] = [];
  const page = (cursor: string | null) =>
    operator.call(usersApi.listUsers, { query: { limit: String(PAGE), ...(cursor && { cursor }) } });
  for (let cursor: string | null = null; ; ) {
    const found: Awaited<ReturnType<typeof page>> = await page(cursor);
    items.push(...found.items);
    cursor = found.nextCursor;
    if (cursor === null) return { items };
  }
};

const idOf = async (operator: Operator, name: string): Promise<string> => {
  const found = (await allUsers(operator)).items.find((user) => user.name === name);
  if (!found) throw new Exit(2, `There is no account named ${name}.`);
  return found.id;
};
