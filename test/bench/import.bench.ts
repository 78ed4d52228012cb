import { rmSync } from 'node:fs';
import { MANIFEST } from '../../functions/manifest.ts';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { bytesOf, invoke, loadedAtImport, readMeta, unpackArtifact } from '../support/artifact.ts';
import { ensureNode24, node24 } from '../support/node24.mjs';

/** npx tsx test/bench/import.bench.ts: what a cold start pays for each built handler. */
const RUNS = 9;
const WANTED_MS = 150;

await ensureBuilt();
ensureNode24();
const folder = unpackArtifact();
const node = node24() ?? process.execPath;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const importMs = async (name: string): Promise<number> => {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) times.push((await invoke({ node, folder, name })).importMs);
  return median(times);
};

const meta = readMeta();
console.log(
  `Import by ${node === process.execPath ? process.version : 'Node 24'}, medians of ${RUNS}, ${WANTED_MS} ms wanted`,
);
for (const { name } of MANIFEST) {
  const ms = await importMs(name);
  const kilobytes = bytesOf(meta, loadedAtImport(meta, `dist/functions/${name}/index.mjs`)) / 1024;
  console.log(
    `${name.padEnd(16)} ${ms.toFixed(0).padStart(4)} ms  ${(WANTED_MS / ms).toFixed(1)} x better than wanted  ${kilobytes.toFixed(0).padStart(4)} KB`,
  );
}
rmSync(folder, { recursive: true });
