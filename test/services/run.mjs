import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { demandNode } from '../../local/setup/node-version.mjs';

/** What is proved against real programs: each script of install/ fetches one of them from Debian's packages. */
demandNode();
const { ensureInstalled } = await import('../../local/setup/install.mjs');
const { ROOT, startTally } = await import('../support/steps.mjs');

const SCRIPTS = join(ROOT, 'test/services/install');

const fetchProgram = (script) => {
  const done = spawnSync('bash', [join(SCRIPTS, script)], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${done.stdout}${done.stderr}`.trim());
};

const tally = startTally();
if (await tally.task('install', () => ensureInstalled())) {
  for (const script of readdirSync(SCRIPTS).filter((name) => name.endsWith('.sh') && !name.startsWith('_'))) {
    await tally.task(script.replace('.sh', ''), () => fetchProgram(script));
  }
  const { ensureBuilt } = await import('../../local/setup/build.mjs');
  await tally.task('build', () => ensureBuilt());
  tally.vitest('services', 'vitest.services.config.ts');
}
tally.finish();
