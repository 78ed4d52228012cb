import type { Command } from 'commander';
import { type Holiday, parseHolidays } from '../../../shared/domain/schedule/holiday-list.ts';
import { scheduleApi } from '../../../shared/wire/schedule-api.ts';
import { Exit } from '../exit.ts';
import { createOutput, table } from '../output.ts';
import { readText } from '../read-text.ts';
import { openSession } from '../session.ts';

interface JsonOption {
  readonly json?: true;
}

export const addHolidays = (program: Command): void => {
  const holidays = program.command('holidays').description('The days on which business rests');
  holidays
    .command('import <file>')
    .description(
      'Read lines such as "2026-02-17,설날"; every year that occurs becomes as the file says, others stay',
    )
    .option('--json', 'print JSON')
    .action(async (file: string, options: JsonOption) => {
      const days = await readDays(file);
      const { items } = await openSession().operator.call(scheduleApi.importHolidays, { body: { days } });
      print(items, options);
    });
  holidays
    .command('list')
    .description('List them')
    .option('--json', 'print JSON')
    .action(async (options: JsonOption) => {
      const { items } = await openSession().operator.call(scheduleApi.listHolidays);
      print(items, options);
    });
};

const readDays = async (file: string): Promise<readonly Holiday[]> => {
  const list = parseHolidays(await readText(file));
  if (!list.ok) throw new Exit(2, `${file}:${list.line} ${list.problem}`);
  if (list.days.length === 0) throw new Exit(2, `${file} names no day.`);
  return list.days;
};

const print = (days: readonly Holiday[], { json }: JsonOption): void =>
  createOutput(json === true).result({ items: days }, () =>
    days.length === 0 ? ['There are no holidays yet.'] : table(days.map(({ day, name }) => [day, name])),
  );
