import { demandNode } from '../local/setup/node-version.mjs';

/** Everything that needs no server of its own. */
demandNode();
const { ensureInstalled } = await import('../local/setup/install.mjs');
const { ensureNode24 } = await import('./support/node24.mjs');
const { startTally } = await import('./support/steps.mjs');

const tally = startTally();
if (await tally.task('install', () => ensureInstalled())) {
  tally.check('lint', 'biome', 'check', '--error-on-warnings');
  tally.check('types', 'tsc');
  tally.check('unused', 'knip');
  await tally.task('node 24', () => ensureNode24());
  const { build } = await import('../local/setup/build.mjs');
  await tally.task('build', () => build());
  tally.vitest('tests', 'vitest.config.ts');
}
tally.finish();
