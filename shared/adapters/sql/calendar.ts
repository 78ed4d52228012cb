import type { Calendar } from '../../ports/calendar.ts';
import type { Database } from '../../ports/database.ts';
import { text } from './ledger/context.ts';

export const createSqlCalendar = (database: Database): Calendar => {
  const list: Calendar['list'] = async () =>
    (await database.all('SELECT day, name FROM holiday ORDER BY day')).map((row) => ({
      day: text(row.day),
      name: text(row.name),
    }));
  return {
    list,
    days: async () => new Set((await list()).map(({ day }) => day)),

    replaceYears: async (days) => {
      const years = [...new Set(days.map(({ day }) => day.slice(0, 4)))];
      await database.atomic([
        {
          sql: 'DELETE FROM holiday WHERE day >= ? AND day <= ?',
          rows: years.map((year) => [`${year}-01-01`, `${year}-12-31`]),
        },
        {
          sql: 'INSERT INTO holiday (day, name) VALUES (?, ?)',
          rows: days.map(({ day, name }) => [day, name]),
        },
        { sql: 'UPDATE schedule_state SET next_at = 0' },
      ]);
    },
  };
};
