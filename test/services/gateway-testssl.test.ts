import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { layOutGateway } from '../support/gateway.ts';
import { newMachine, scrapMachines, startTank } from '../support/tank.ts';

beforeAll(() => ensureBuilt(), 60_000);
afterAll(scrapMachines);

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

/** Protocols, ciphers, certificate, preferences, forward secrecy, vulnerabilities; not what each browser would do. */
const CHECKS = ['-p', '-s', '-S', '-P', '-f', '-U'];
const SERIOUS = ['MEDIUM', 'HIGH', 'CRITICAL', 'FATAL'];

test('testssl.sh finds nothing above low', async () => {
  const machine = await newMachine({ TANK_PUBLIC_URL: 'https://tank.example.com' });
  const bundle = await layOutGateway(machine);
  const daemon = await startTank(machine, ['serve']);
  const report = join(machine.folder, 'testssl.json');
  const { port } = new URL(bundle.url);
  const flags = ['--quiet', '--color', '0', '--warnings', 'off', '--ip', '127.0.0.1', '--add-ca', bundle.ca];
  const run = spawnSync('testssl', [...flags, ...CHECKS, '--jsonfile', report, `localhost:${port}`], {
    encoding: 'utf8',
    timeout: 560_000,
  });
  expect(existsSync(report), run.stdout + run.stderr).toBe(true);
  const findings = JSON.parse(readFileSync(report, 'utf8')) as Finding[];
  const bad = findings.filter(({ severity }) => SERIOUS.includes(severity));
  expect(bad.map(({ id, severity, finding }) => `${severity} ${id}: ${finding}`)).toEqual([]);
  const told = (id: string) => findings.find((one) => one.id === id)?.finding;
  expect(told('TLS1_3')).toContain('offered');
  expect(told('TLS1_1')).toContain('not offered');
  expect(findings.length).toBeGreaterThan(50);
  await daemon.stop();
}, 600_000);
