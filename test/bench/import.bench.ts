import { rmSync } from 'node:fs';
import { MANIFEST } from '../../functions/manifest.ts';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { bytesOf, invoke, loadedAtImport, readMeta, unpackArtifact } from '../support/artifact.ts';
import { ensureNode24, node24 } from '../support/node24.mjs';
import { holdBar } from './bars.ts';

/** npx tsx test/bench/import.bench.ts: what a cold start pays for each built handler. */
const RUNS = 9;
const WANTED_MS = 150;
const WANTED_KB = 1024;

await ensureBuilt();
ensureNode24();
const folder = unpackArtifact();
const node = node24() ?? process.execPath;

const importTimes = async (name: string): Promise<number[]> => {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) times.push((await invoke({ node, folder, name })).importMs);
  return times.sort((a, b) => a - b);
};

const meta = readMeta();
console.log(`Import by ${node === process.execPath ? process.version : 'Node 24'}, medians of ${RUNS}`);
for (const { name } of MANIFEST) {
  const times = await importTimes(name);
  const kilobytes = bytesOf(meta, loadedAtImport(meta, `dist/functions/${name}/index.mjs`)) / 1024;
  const median = times[RUNS >> 1] ?? Number.NaN;
  holdBar({ name: `import of ${name}`, measured: median, below: WANTED_MS, unit: 'ms' });
  holdBar({ name: `loaded by ${name}`, measured: kilobytes, below: WANTED_KB, unit: 'KB' });
}
rmSync(folder, { recursive: true });
