import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { openSqlite } from '../../shared/adapters/sqlite/database.ts';
import { json, type Machine, newMachine, scrapMachines, tank } from '../support/tank.ts';
import { type Postfix, startPostfix } from './postfix-server.ts';

/** What the next relay says to each mailbox. */
const REFUSALS: Readonly<Record<string, string>> = {
  gone: '5.1.1 no such mailbox',
  full: '5.2.2 mailbox full',
  policy: '5.7.1 blocked by policy',
};

/** Where each mail goes, and what becomes of it: the fifth is refused within the call, those before and after it later. */
const EFFECTS: readonly (readonly [address: string, delivery: string, suppressed: boolean])[] = [
  ['there@example.com', 'none', false],
  ['gone@next.example.com', 'bounced', true],
  ['full@next.example.com', 'bounced', false],
  ['policy@next.example.com', 'bounced', false],
  ['kim@nowhere.example.com', 'bounced', true],
  ['kim@silent.example.com', 'bounced', false],
];

const DEFINITIONS = `source: core-csv
kind: csv
url: ./customers.csv
---
automation: notice
source: core-csv
recipients: { target: 'SELECT CUST_ID, EMAIL_ADDR FROM DATA', key: CUST_ID, email: EMAIL_ADDR }
mail: { from: 'Bank <bank@example.com>', returnPath: bounces@example.com, subject: '안내', html: '<p>$(CUST_ID)</p>' }
`;

let postfix: Postfix;
let next: SMTPServer;
let machine: Machine;

const startNext = async (): Promise<number> => {
  next = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onRcptTo: ({ address }, _session, done) => {
      const refusal = REFUSALS[address.split('@')[0] ?? ''];
      done(refusal ? Object.assign(new Error(refusal), { responseCode: 550 }) : null);
    },
  });
  const listening = next.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return (listening.address() as AddressInfo).port;
};

beforeAll(async () => {
  await ensureBuilt();
  postfix = await startPostfix();
  const port = await startNext();
  const routes = [
    `next.example.com = smtp:[127.0.0.1]:${port}`,
    'nowhere.example.com = error:5.1.2 there is no such domain',
    'silent.example.com = smtp:[127.0.0.1]:9',
  ];
  postfix.reload({
    transport_maps: `inline:{${routes.map((route) => `{${route}}`).join(', ')}}`,
    queue_run_delay: '2s',
    minimal_backoff_time: '1s',
    maximal_backoff_time: '2s',
    delay_warning_time: '2s',
    maximal_queue_lifetime: '10s',
  });
  machine = await newMachine({
    TANK_TRANSPORT: 'smtp',
    TANK_SMTP_URL: postfix.url,
    TANK_SMTP_CA_FILE: postfix.caFile,
  });
  const rows = EFFECTS.map(([address], n) => `${String(n).padStart(10, '0')},${address}\n`);
  writeFileSync(join(machine.folder, 'customers.csv'), `CUST_ID,EMAIL_ADDR\n${rows.join('')}`);
  writeFileSync(join(machine.folder, 'notice.yaml'), DEFINITIONS);
}, 180_000);

afterAll(async () => {
  await new Promise<void>((done) => next.close(() => done()));
  postfix.stop();
  await scrapMachines();
}, 60_000);

const reports = () => postfix.mails().filter((mail) => mail.includes('message/delivery-status'));

const deliveries = async (): Promise<string[]> => {
  const database = await openSqlite(join(machine.dataDir, 'tank.db'), { host: 'inline' });
  const rows = await database.all('SELECT delivery FROM email_send_log ORDER BY id');
  await database.close();
  return rows.map((row) => String(row.delivery));
};

/** As a mail server pipes it: on the input, each mail after a line "From ". */
const pipe = async (mails: readonly string[]) => {
  const mbox = mails.map((mail) => `From MAILER-DAEMON Thu Mar  5 00:00:00 2026\n${mail}\n`).join('');
  writeFileSync(join(machine.folder, 'mbox'), mbox, 'latin1');
  const done = await tank(machine, ['bounces', 'read', '--json'], {
    under: ['sh', '-c', 'exec "$0" "$@" < mbox'],
  });
  expect([done.code, done.stderr]).toEqual([0, '']);
  return json(done);
};

describe('a relay without events', () => {
  test('takes everything, and tells later what came back: its own reports settle it', async () => {
    expect((await tank(machine, ['apply', 'notice.yaml'])).code).toBe(0);
    const run = await tank(machine, ['run', 'notice', '--wait', '--json']);
    expect(json(run)).toMatchObject({ state: 'finished', sent: 5, failed: 1 });
    expect(await deliveries()).toEqual(['none', 'none', 'none', 'none', 'bounced', 'none']);

    await expect.poll(() => reports().length, { timeout: 15_000, interval: 200 }).toBeGreaterThanOrEqual(4);
    const delayed = reports().filter((mail) => mail.includes('Action: delayed'));
    expect(await pipe(delayed)).toEqual({ mails: 1, recipients: 1, taken: 1 });
    expect((await deliveries())[5]).toBe('delayed');

    const failed = () => reports().filter((mail) => mail.includes('Action: failed'));
    await expect.poll(() => failed().length, { timeout: 40_000, interval: 500 }).toBe(4);
    const everything = postfix.mails();
    expect(await pipe(everything)).toEqual({ mails: everything.length, recipients: 5, taken: 5 });
    expect(await deliveries()).toEqual(EFFECTS.map(([, delivery]) => delivery));
  });

  test('whose reports come again changes nothing, and gives up only whom they name for good', async () => {
    const before = await deliveries();
    await pipe(postfix.mails());
    expect(await deliveries()).toEqual(before);
    for (const [address, , suppressed] of EFFECTS) {
      const found = json(await tank(machine, ['suppress', 'list', '--address', address, '--json']));
      expect([address, (found as { items: unknown[] }).items.length]).toEqual([address, suppressed ? 1 : 0]);
    }
  });

  test('is not believed about a mail that somebody has made up', async () => {
    const real = reports().find((mail) => mail.includes('gone@next.example.com')) ?? '';
    const forged = real.replaceAll('gone@next.example.com', 'there@example.com');
    expect(await pipe([forged])).toEqual({ mails: 1, recipients: 1, taken: 0 });
    expect((await deliveries())[0]).toBe('none');
  });
});
