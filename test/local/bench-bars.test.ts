import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { judgeBar } from '../bench/bars.ts';
import { runBenches } from '../bench/run-benches.mjs';
import { ROOT } from '../support/steps.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tank-benches-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bench = (name: string, lines: string): string => {
  const file = join(folder, `${name}.bench.mts`);
  writeFileSync(file, `import { holdBar } from '${join(ROOT, 'test/bench/bars.ts')}';\n${lines}`);
  return file;
};

test.each([
  [{ atLeast: 20, measured: 20 }, true],
  [{ atLeast: 20, measured: 19.99 }, false],
  [{ below: 50, measured: 49.9 }, true],
  [{ below: 50, measured: 50 }, false],
  [{ atLeast: 1, measured: Number.NaN }, false],
  [{ below: 1, measured: Number.NaN }, false],
])('%j holds its bar: %s', (bar, held) => {
  expect(judgeBar({ name: 'it', ...bar }).held).toBe(held);
});

test('a run of benches names the bars that were missed, and the benches that broke', async () => {
  vi.spyOn(console, 'log').mockReturnValue();
  const faults = await runBenches(
    [
      bench('good', `holdBar({ name: 'sends', measured: 2, atLeast: 1, unit: 'mails/s' });`),
      bench('slow', `holdBar({ name: 'sends', measured: 1, atLeast: 2_000, unit: 'mails/s' });`),
      bench('broken', `throw new Error('no such table');`),
      bench('ended', `holdBar({ name: 'p99', measured: 60, below: 50 }); process.exit();`),
    ],
    ROOT,
  );
  expect(faults).toEqual([
    'slow: MISSED   sends: 1 mails/s, at least 2,000 wanted',
    'broken: ended with 1',
    'ended: MISSED   p99: 60, below 50 wanted',
  ]);
});
