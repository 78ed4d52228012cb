import type { Command } from 'commander';
import { scheduleApi } from '../../../shared/wire/schedule-api.ts';
import { createOutput, table } from '../output.ts';
import { openSession } from '../session.ts';

const HEAD = ['automation', 'next', 'last start', 'last run', 'waits for', 'given up', 'why'];

export const addSchedules = (program: Command): void => {
  program
    .command('schedules')
    .description('When automations start by themselves, when they last did, and which starts were given up')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const { items } = await openSession().operator.call(scheduleApi.listSchedules);
      createOutput(json === true).result({ items }, () =>
        items.length === 0
          ? ['No automation has a schedule.']
          : table([
              HEAD,
              ...items.map((one) => [
                one.automation,
                one.next ?? '-',
                one.lastStart ?? '-',
                one.lastRun ?? '-',
                one.waitsFor ?? '-',
                String(one.passed),
                one.passedWhy ?? '-',
              ]),
            ]),
      );
    });
};
