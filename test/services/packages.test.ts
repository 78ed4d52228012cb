import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../guard/rules/source-files.ts';

const Report = z.object({
  metadata: z.object({
    vulnerabilities: z.object({ high: z.int(), critical: z.int() }).loose(),
    dependencies: z.object({ total: z.int() }).loose(),
  }),
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string() }).loose()),
});

/** What the registry knows of the packages of the lock file, those of the tests and tools included. */
test('no package has a known weakness that is high or critical', ({ skip }) => {
  const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: ROOT, encoding: 'utf8', timeout: 50_000 });
  const report = Report.safeParse(JSON.parse(stdout || 'null'));
  if (!report.success) return skip('not run: the registry in use offers no audit of packages');
  const { metadata, vulnerabilities } = report.data;
  const grave = Object.entries(vulnerabilities)
    .filter(([, { severity }]) => severity === 'high' || severity === 'critical')
    .map(([name, { severity }]) => `${name}: ${severity}`);
  expect(grave).toEqual([]);
  expect(metadata.dependencies.total).toBeGreaterThan(100);
});
