import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import {
  json,
  type Machine,
  newMachine,
  type Started,
  scrapMachines,
  startTank,
  tank,
} from '../support/tank.ts';

const DEFINITIONS = `source: core-csv
kind: csv
url: ./customers.csv
---
automation: offer
source: core-csv
recipients: { target: 'SELECT CUST_ID, EMAIL_ADDR FROM DATA', key: CUST_ID, email: EMAIL_ADDR }
mail: { from: 'Bank <bank@example.com>', replyTo: help@example.com, subject: '봄 행사', html: '<p>$(CUST_ID)</p>', advertising: true }
`;

let machine: Machine;
let daemon: Started;
let link: string;

beforeAll(async () => {
  await ensureBuilt();
  const made = await newMachine();
  const url = `http://127.0.0.1:${made.settings.TANK_HTTP_PORT}`;
  machine = { ...made, settings: { ...made.settings, TANK_PUBLIC_URL: url } };
  writeFileSync(join(machine.folder, 'customers.csv'), 'CUST_ID,EMAIL_ADDR\n0000000001,kim@example.com\n');
  writeFileSync(join(machine.folder, 'offer.yaml'), DEFINITIONS);
  expect((await tank(machine, ['apply', 'offer.yaml'])).code).toBe(0);
  expect(json(await tank(machine, ['run', 'offer', '--wait', '--json']))).toMatchObject({ sent: 1 });
  const mail = readdirSync(machine.dataDir, { recursive: true })
    .map((name) => join(machine.dataDir, String(name)))
    .find((file) => file.endsWith('.eml') && statSync(file).isFile());
  const head = readFileSync(mail ?? '', 'utf8').replace(/\r\n\s/g, ' ');
  link = /List-Unsubscribe:\s*<([^>]+)>/.exec(head)?.[1] ?? '';
  daemon = await startTank(machine, ['serve']);
}, 180_000);
afterAll(async () => {
  await daemon?.stop();
  await scrapMachines();
});

/** The page as a browser shows it, and what the browser complains about. */
const browse = async (language: string) => {
  const { stdout, stderr } = await promisify(execFile)(
    'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--enable-logging=stderr',
      `--user-data-dir=${join(machine.folder, `browser-${language}`)}`,
      `--accept-lang=${language}`,
      '--virtual-time-budget=3000',
      '--dump-dom',
      link,
    ],
    { timeout: 45_000 },
  );
  return { dom: stdout, complaints: stderr.split('\n').filter((line) => line.includes('CONSOLE')) };
};

const listed = async () =>
  (json(await tank(machine, ['suppress', 'list', '--json'])) as { items: { reason: string }[] }).items;

describe('the link in a mail', () => {
  test.each([
    ['ko', '더 이상 받지 않으시겠습니까?', '수신 거부'],
    ['en-US', 'receive no more of this mail?', 'Unsubscribe'],
  ])(
    'opened in Chromium asks in %s, within its own policy, and does nothing yet',
    async (language, text, button) => {
      const { dom, complaints } = await browse(language);
      expect(complaints).toEqual([]);
      expect(dom).toContain(text);
      expect(dom).toContain(`<button>${button}</button>`);
      expect(dom).not.toContain('kim@');
      expect(await listed()).toEqual([]);
    },
  );

  test('posted by a mail program unsubscribes with one click, without a cookie or a sign-in', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await fetch(link, { method: 'POST', headers, body: 'List-Unsubscribe=One-Click' });
    expect([reply.status, reply.headers.get('set-cookie')]).toEqual([200, null]);
    expect(await listed()).toMatchObject([{ reason: 'unsubscribe' }]);
  });
});
