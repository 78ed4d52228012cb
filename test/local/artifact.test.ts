import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MANIFEST } from '../../functions/manifest.ts';
import { ensureBuilt } from '../../local/setup/build.mjs';
import {
  addSqliteFallback,
  bytesOf,
  invoke,
  loadedAtImport,
  readMeta,
  unpackArtifact,
} from '../support/artifact.ts';
import { node24, node24Absent } from '../support/node24.mjs';

const MEGABYTE = 1024 * 1024;
const names = MANIFEST.map(({ name }) => name);
const EVENTS = join(import.meta.dirname, '../fixtures/events');

/** The artifact by itself, and beside it the one package that Node 20 needs for SQLite. */
let folder: string;
let withSqlite: string;
beforeAll(async () => {
  await ensureBuilt();
  folder = unpackArtifact();
  withSqlite = unpackArtifact();
  addSqliteFallback(withSqlite);
}, 60_000);
afterAll(() => {
  for (const unpacked of [folder, withSqlite]) rmSync(unpacked, { recursive: true, force: true });
});

describe.each(names)('the built handler %s', (name) => {
  test('loads at most 1 MB at its import', async ({ annotate }) => {
    const meta = readMeta();
    const bytes = bytesOf(meta, loadedAtImport(meta, `dist/functions/${name}/index.mjs`));
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(MEGABYTE);
    await annotate(`${(bytes / 1024).toFixed(0)} KB`);
  });

  test('is imported by Node 24 with no packages beside it', async ({ skip, annotate }) => {
    const node = node24() ?? skip(`not run: ${node24Absent()}`);
    const runs = [];
    for (let i = 0; i < 5; i++) runs.push(await invoke({ node, folder, name }));
    expect(runs.every(({ handler }) => handler === 'function')).toBe(true);
    await annotate(`${median(runs.map(({ importMs }) => importMs)).toFixed(0)} ms (median of 5)`);
  });

  test('is imported by this Node with no packages beside it', async () => {
    expect(await invoke({ node: process.execPath, folder, name })).toMatchObject({ handler: 'function' });
  });
});

/** `auth-login-wrong-password.json` is given to `auth`; beside the event it says what must come back. */
describe.each(recordedEvents())('the built handler $name answers $file', ({ name, event, expected }) => {
  test('on Node 24', async ({ skip }) => {
    const node = node24() ?? skip(`not run: ${node24Absent()}`);
    expect(await invoke({ node, folder, name, event })).toMatchObject({ result: expected });
  });

  test('on this Node, with the SQLite fallback', async () => {
    const invoked = await invoke({ node: process.execPath, folder: withSqlite, name, event });
    expect(invoked).toMatchObject({ result: expected });
  });
});

test('the SQLite thread is one folder above whoever names it', () => {
  const users = Object.keys(readMeta().outputs)
    .filter((output) => output.endsWith('.mjs'))
    .filter((output) => readFileSync(join(folder, output), 'utf8').includes('../sqlite-thread.mjs'));
  expect(users.filter((output) => !output.startsWith('dist/chunks/'))).toEqual([]);
});

test('every recorded event belongs to a function, and every function has one', () => {
  const recorded = new Set(recordedEvents().map(({ name }) => name));
  expect([...recorded].sort()).toEqual([...names].sort());
});

function recordedEvents() {
  return readdirSync(EVENTS)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const { event, expected } = JSON.parse(readFileSync(join(EVENTS, file), 'utf8'));
      const name = names.filter((candidate) => file.startsWith(`${candidate}-`)).at(-1) ?? 'none';
      return { name, file, event, expected };
    });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
