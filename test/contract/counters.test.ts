import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { openTestStore } from '../fixtures/test-store.ts';
import { countersContract } from './counters-contract.ts';

countersContract('SQLite', async () => ({ database: await openTestStore(), dialect: sqliteDialect }));

const CHILD = fileURLToPath(new URL('../fixtures/limited-child.ts', import.meta.url));

const startChild = async (file: string) => {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, file, '100', '120'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  return {
    go: () => child.stdin.write('go\n'),
    passed: async () => {
      const { value } = await lines.next();
      await once(child, 'exit');
      return Number(/passed (\d+)/.exec(String(value))?.[1]);
    },
  };
};

test('of 200 requests at once in two processes exactly the limit of 120 pass', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tank-limit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'tank.db');
  const children = [await startChild(file), await startChild(file)];
  for (const child of children) child.go();
  const passed = await Promise.all(children.map((child) => child.passed()));
  expect(passed.reduce((sum, n) => sum + n, 0)).toBe(120);
  expect(Math.min(...passed)).toBeGreaterThan(0);
});
