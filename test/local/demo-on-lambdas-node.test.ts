import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { DEMO_MAILS, DEMO_ROWS } from '../../local/demo/customers.ts';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { unpackArtifact } from '../support/artifact.ts';
import { expectEveryoneTheirOwn } from '../support/demo-mails.ts';
import { node24, node24Absent } from '../support/node24.mjs';
import { json, mailsIn, newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';

let artifact: string;
beforeAll(async () => {
  await ensureBuilt();
  artifact = unpackArtifact();
}, 60_000);
afterEach(scrapMachines);
afterAll(() => rmSync(artifact, { recursive: true }));

it('Node 24 plans and sends a whole campaign from the artifact alone, with no packages beside it', async ({
  skip,
}) => {
  const node = node24() ?? skip(`not run: ${node24Absent()}`);
  const main = join(artifact, 'dist/local/main.mjs');
  const machine = await newMachine();
  const demo = await startTank(machine, ['demo'], { node, main });
  await demo.says(/^Ctrl\+C ends it\.$/m);
  await expectEveryoneTheirOwn(await mailsIn(machine));
  const { items } = json<{ items: unknown[] }>(await tank(machine, ['runs', '--json'], { node, main }));
  expect(items).toEqual([
    expect.objectContaining({ state: 'finished', targets: DEMO_ROWS, sent: DEMO_MAILS, held: 0, failed: 0 }),
  ]);
  expect(readdirSync(artifact)).toEqual(['dist']);
  expect((await demo.stop()).code).toBe(0);
}, 120_000);
