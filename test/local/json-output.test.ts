import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_MAILS } from '../../local/demo/customers.ts';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import {
  type Ended,
  json,
  type Machine,
  newMachine,
  scrapMachines,
  startTank,
  tank,
} from '../support/tank.ts';

let machine: Machine;
let open: string;
beforeAll(async () => {
  await ensureBuilt();
  machine = await newMachine();
  await layOutCampaign(machine, 3);
  await writeFile(join(machine.folder, 'holidays.csv'), '2026-02-17,설날\n');
  await writeFile(join(machine.folder, 'leavers.csv'), 'leaver@example.com\n');
  await writeFile(join(machine.folder, 'bounce.eml'), 'Subject: hello\n\nno report\n');
  await tank(machine, ['apply', 'campaign.yaml']);
  await tank(machine, ['run', CAMPAIGN, '--wait']);
  open = json<{ run: string }>(await tank(machine, ['run', CAMPAIGN, '--json'])).run;
}, 60_000);
afterAll(scrapMachines);

const expectOneLineOfJson = ({ code, stdout, stderr }: Ended): void => {
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`${JSON.stringify(JSON.parse(stdout))}\n`);
};

/** In this order: each is to succeed on what the others have left. */
it.each([
  ['apply', 'campaign.yaml'],
  ['export'],
  ['sources', 'list'],
  ['sources', 'test', 'bank'],
  ['automation', 'list'],
  ['automation', 'check', 'campaign.yaml'],
  ['automation', 'pause', CAMPAIGN, '--reason', 'test'],
  ['automation', 'resume', CAMPAIGN],
  ['preview', CAMPAIGN],
  ['test-send', CAMPAIGN, '--to', 'me@example.com'],
  ['runs'],
  ['runs', 'RUN'],
  ['pause', 'RUN', '--reason', 'test'],
  ['resume', 'RUN'],
  ['cancel', 'RUN'],
  ['schedules'],
  ['holidays', 'import', 'holidays.csv'],
  ['holidays', 'list'],
  ['suppress', 'add', 'kim@example.com'],
  ['suppress', 'import', 'leavers.csv'],
  ['suppress', 'list'],
  ['suppress', 'remove', 'kim@example.com'],
  ['suppress', 'lists', 'add', 'ours', 'https://example.com/leavers.csv'],
  ['suppress', 'lists', 'show'],
  ['suppress', 'lists', 'remove', 'ours'],
  ['bounces', 'read', 'bounce.eml'],
  ['users', 'init'],
  ['users', 'list'],
  ['users', 'unlock', 'admin'],
  ['users', 'reset', 'admin'],
  ['clients', 'add', 'loans', '--organisation', 'retail', '--sender', '@example.com', '--recipient', '*'],
  ['clients', 'change', 'loans', '--title', 'Loans'],
  ['clients', 'disable', 'loans'],
  ['clients', 'enable', 'loans'],
  ['clients', 'list'],
  ['clients', 'remove', 'loans'],
  ['certs', 'list'],
  ['audit', 'list'],
  ['audit', 'verify'],
  ['doctor'],
  ['migrate'],
])('tank %s %s prints one line of JSON and nothing else', async (...args) => {
  const named = args.map((arg) => (arg === 'RUN' ? open : arg));
  expectOneLineOfJson(await tank(machine, [...named, '--json']));
});

it('tank demo --json tells each event in a line of its own', async () => {
  const demo = await startTank(await newMachine(), ['demo', '--json']);
  await demo.says(/"event":"run"/);
  const { code, stdout } = await demo.stop();
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events).toEqual([
    { event: 'ready', url: demo.url, workerUrl: expect.stringMatching(/^http:/) },
    { event: 'console', page: `${demo.url}/`, name: 'admin', password: expect.any(String) },
    expect.objectContaining({ event: 'run', state: 'finished', sent: DEMO_MAILS }),
  ]);
  expect(code).toBe(0);
}, 60_000);
