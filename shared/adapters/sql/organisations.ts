import type { Database } from '../../ports/database.ts';
import type { Organisations } from '../../ports/organisations.ts';
import { insertNew } from './insert-new.ts';
import { number, text } from './ledger/context.ts';

export const createSqlOrganisations = (database: Database): Organisations => ({
  list: async () => {
    const sql = 'SELECT name, title, created_at, created_by FROM organisation ORDER BY name';
    return (await database.all(sql)).map((row) => ({
      name: text(row.name),
      title: text(row.title),
      createdAt: number(row.created_at),
      createdBy: text(row.created_by),
    }));
  },
  add: async ({ name, title, createdAt, createdBy }) =>
    (await insertNew(
      database,
      'organisation',
      ['name', 'title', 'created_at', 'created_by'],
      [[name, title, createdAt, createdBy]],
    )) === 1,
  retitle: async (name, title) =>
    (await database.run('UPDATE organisation SET title = ? WHERE name = ?', [title, name])) === 1,
  remove: async (name) => (await database.run('DELETE FROM organisation WHERE name = ?', [name])) === 1,
});
