import { Command, CommanderError } from 'commander';
import { ConfigFaults } from '../../shared/config/key.ts';
import { describeError, type ErrorCode, type Facts, toTankError } from '../../shared/domain/errors.ts';
import { describeMend } from '../../shared/domain/mends.ts';
import { languageOf } from '../../shared/wire/problem.ts';
import { StartFault } from '../start-fault.ts';
import { addAgain } from './commands/again.ts';
import { addApply } from './commands/apply.ts';
import { addApproval } from './commands/approve.ts';
import { addAudit } from './commands/audit.ts';
import { addAutomation } from './commands/automation.ts';
import { addBounces } from './commands/bounces.ts';
import { addCerts } from './commands/certs.ts';
import { addClients } from './commands/clients.ts';
import { addControl } from './commands/control.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addHolidays } from './commands/holidays.ts';
import { addMigrate } from './commands/migrate.ts';
import { addOpenApi } from './commands/openapi.ts';
import { addPreview } from './commands/preview.ts';
import { addQueue } from './commands/queue.ts';
import { addRetry } from './commands/retry.ts';
import { addRun } from './commands/run.ts';
import { addRuns } from './commands/runs.ts';
import { addSchedules } from './commands/schedules.ts';
import { addServe } from './commands/serve.ts';
import { addSettle } from './commands/settle.ts';
import { addSources } from './commands/sources.ts';
import { addSuppress } from './commands/suppress.ts';
import { addUsers } from './commands/users.ts';
import { describeFault, describeFaults, Exit } from './exit.ts';
import { LOCALE } from './locale.ts';

const VERSION = '0.1.0';

const COMMANDS = [
  addDemo,
  addServe,
  addRun,
  addRuns,
  addApproval,
  addAgain,
  addControl,
  addRetry,
  addSettle,
  addSchedules,
  addHolidays,
  addSuppress,
  addBounces,
  addApply,
  addExport,
  addAutomation,
  addPreview,
  addSources,
  addQueue,
  addUsers,
  addClients,
  addCerts,
  addAudit,
  addDoctor,
  addMigrate,
  addOpenApi,
];

/** Returns the exit code: 0 done, 1 failed, 2 wrong use, 3 waits for a person. */
export const runCli = async (argv: readonly string[]): Promise<number> => {
  const program = createProgram();
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (thrown) {
    return report(thrown);
  }
};

export const createProgram = (): Command => {
  const program = new Command('tank')
    .description(
      'Personal mail in bulk from your own database: nothing lost, nothing twice, every doubt named.',
    )
    .version(VERSION)
    .helpCommand(true)
    .showHelpAfterError('(tank --help lists everything)')
    .exitOverride()
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong use, 3 waits for a person.');
  for (const add of COMMANDS) add(program);
  return program;
};

const report = (thrown: unknown): number => {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  if (thrown instanceof Exit) {
    process.stderr.write(`${thrown.message}\n`);
    return thrown.code;
  }
  if (thrown instanceof ConfigFaults) {
    process.stderr.write(`${describeFaults(thrown.faults)}\n`);
    return 2;
  }
  if (thrown instanceof StartFault) {
    process.stderr.write(`Tank cannot start:\n${describeFault(thrown)}\n`);
    return 2;
  }
  const { code, facts } = toTankError(thrown);
  const known = code === 'internal' ? describeUnknown(thrown) : describeKnown(code, facts);
  process.stderr.write(`${known}\n`);
  return 1;
};

const describeKnown = (code: ErrorCode, facts: Facts): string => {
  const language = languageOf(LOCALE);
  const mend = describeMend(code, facts, language);
  return [describeError(code, facts, language), ...(mend ? [`  → ${mend}`] : [])].join('\n');
};

const describeUnknown = (thrown: unknown): string =>
  `Something went wrong here: ${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)}`;
