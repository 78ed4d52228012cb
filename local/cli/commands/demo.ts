import { resolve } from 'node:path';
import type { Command } from 'commander';
import { hasEnvFile, readEnvironment } from '../../../shared/config/environment.ts';
import type { Environment } from '../../../shared/config/load.ts';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { enqueueApi } from '../../../shared/wire/enqueue-api.ts';
import { usersApi } from '../../../shared/wire/users-api.ts';
import { DEMO_AUTOMATION, demoDefinitions } from '../../demo/definitions.ts';
import { DEMO_BUSINESS_DATE, isDemoLaidOut, layOutDemo } from '../../demo/lay-out.ts';
import { toUrl } from '../../listen.ts';
import { parseDocuments } from '../definition-files.ts';
import { createOutput, type Output } from '../output.ts';
import { EVENTS_AS_JSON, serveUntilStopped } from '../serve-until-stopped.ts';
import { openSession, type Session } from '../session.ts';
import { reasonsOf, totalsOf, watchRun } from '../watch-run.ts';
import { describeTotals } from './run.ts';
import { describeSends, faultsOf } from './runs.ts';

export const addDemo = (program: Command): void => {
  program
    .command('demo')
    .description(
      'Send 1,000 made-up statements into the outbox folder and keep serving; nothing leaves this machine',
    )
    .option(...EVENTS_AS_JSON)
    .action(({ json }: { readonly json?: true }) => runDemo(createOutput(json === true)));
  program
    .command('start', { hidden: true })
    .description('serve where .env configures it, the demo elsewhere')
    .option(...EVENTS_AS_JSON)
    .action(async ({ json }: { readonly json?: true }) => {
      const output = createOutput(json === true);
      if (!hasEnvFile(process.cwd())) return runDemo(output);
      process.exitCode = await serveUntilStopped(openSession(), 'all', output);
    });
};

const DEMO_FOLDER = './.tank-demo';

/** What a demo may take from the environment: where, never how mail leaves. */
const DEMO_MAY_CHANGE = [
  'TANK_DATA_DIR',
  'TANK_HTTP_HOST',
  'TANK_HTTP_PORT',
  'TANK_WORKER_PORT',
  'TANK_LOG_LEVEL',
];

const demoEnvironment = (environment: Environment): Environment => {
  const chosen = Object.fromEntries(DEMO_MAY_CHANGE.map((name) => [name, environment[name]]));
  const folder = resolve(chosen.TANK_DATA_DIR || DEMO_FOLDER);
  return {
    ...chosen,
    TANK_DATA_DIR: folder,
    TANK_TRANSPORT: 'outbox',
    TANK_FILE_ROOT: resolve(folder, 'files'),
  };
};

const runDemo = async (output: Output): Promise<void> => {
  const session = openSession(demoEnvironment(readEnvironment(process.cwd())));
  process.exitCode = await serveUntilStopped(session, 'all', output, async () => {
    if (!isDemoLaidOut(session.settings))
      output.note('Making up a bank: 1,000 customers with a PDF statement each …');
    await campaign(session, await layOutDemo(session.settings), output);
  });
};

const campaign = async ({ operator, settings }: Session, bank: string, output: Output): Promise<void> => {
  const page = `${toUrl(settings.http.host, settings.http.port)}/`;
  greet(output, page, settings.dataDir, await operator.call(usersApi.firstAdministrator));
  await operator.call(adminApi.applyDefinitions, {
    body: { documents: parseDocuments(demoDefinitions(bank), 'demo') },
  });
  const started = await operator.call(enqueueApi.startRun, {
    params: { id: DEMO_AUTOMATION },
    body: { businessDate: DEMO_BUSINESS_DATE },
    headers: { 'idempotency-key': 'demo' },
  });
  if (started.finishedAt) output.note('The demo campaign was sent before; nothing is sent again.');
  const run = await watchRun(operator, started.run, output, true);
  const faults = await faultsOf(operator, run.run);
  output.result({ event: 'run', ...totalsOf(run) }, () => [
    describeTotals(run),
    ...reasonsOf(run),
    ...describeSends(faults),
    `The mails lie in ${resolve(settings.dataDir, 'outbox')}.`,
    `Console: ${page}`,
    'Ctrl+C ends it.',
  ]);
};

/** Before the campaign: whoever ends it early must not have lost the one-time password. */
const greet = (
  output: Output,
  page: string,
  dataDir: string,
  { name, password }: { readonly name: string; readonly password: string | null },
): void =>
  output.result({ event: 'console', page, name, password }, () => [
    `Console: ${page}`,
    password === null
      ? `Sign in as ${name} with your password. Who lost it removes ${dataDir} and starts again.`
      : `Sign in as ${name} with the one-time password ${password}.`,
  ]);
