#!/usr/bin/env node
import { demandNode } from './setup/node-version.mjs';

demandNode();

/** Both are imported only after the version check, so that an older Node says what is wrong instead of failing. */
const prepare = async () => {
  const { ensureInstalled } = await import('./setup/install.mjs');
  const { ensureBuilt } = await import('./setup/build.mjs');
  ensureInstalled();
  await ensureBuilt();
};

try {
  await prepare();
} catch (failure) {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exit(1);
}
await import(new URL('../dist/local/main.mjs', import.meta.url).href);
