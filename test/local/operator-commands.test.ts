import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { signIn } from '../support/sign-in.ts';
import { json, type Machine, newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

const LONG = 120_000;

const CUSTOMERS = `CUST_ID,EMAIL_ADDR,NAME,ATTACH_FILE
0000000001,one@example.com,홍길동,statement_0000000001.pdf
0000000002,two@example.com,=HYPERLINK(1),statement_0000000002.pdf
`;

const definitions = (subject: string) => `# yaml-language-server: $schema=docs/automation.schema.json
source: core-csv
kind: csv
url: ./customers.csv
---
automation: statement
source: core-csv
recipients: { target: 'SELECT CUST_ID, EMAIL_ADDR, NAME, ATTACH_FILE FROM DATA', key: CUST_ID, email: EMAIL_ADDR }
mail: { from: bank@example.com, subject: '${subject}', htmlFile: ./statement.html }
attachments: { folder: '{root}/{yyyyMMdd}', columns: [ATTACH_FILE], owner: '{CUST_ID}', faults: { notFound: skip } }
`;

const newDesk = async (): Promise<Machine> => {
  const machine = await newMachine();
  const files = join(machine.folder, 'files', '20260331');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, 'statement_0000000001.pdf'), '%PDF-1.7\n', { mode: 0o640 });
  writeFileSync(join(machine.folder, 'customers.csv'), CUSTOMERS);
  writeFileSync(join(machine.folder, 'statement.html'), '<p>$(NAME)</p>');
  writeFileSync(join(machine.folder, 'good.yaml'), definitions('$(NAME) 고객님'));
  writeFileSync(join(machine.folder, 'bad.yaml'), definitions('$(NMAE) 고객님'));
  return { ...machine, settings: { ...machine.settings, TANK_FILE_ROOT: join(machine.folder, 'files') } };
};

describe('tank automation check', () => {
  it(
    'tells faults and warnings by exit code and JSON, and leaves nothing behind',
    async () => {
      const desk = await newDesk();
      const before = readdirSync(desk.folder);
      const bad = await tank(desk, ['automation', 'check', 'bad.yaml', '--json']);
      expect([bad.code, json(bad)]).toEqual([
        1,
        {
          ok: false,
          faults: [
            {
              field: 'statement.mail.subject',
              problem: 'subject 1:1 $(NMAE) is not mapped; did you mean $(NAME)?',
            },
          ],
        },
      ]);
      const good = await tank(desk, ['automation', 'check', 'good.yaml', '--offline']);
      expect([good.code, good.stdout]).toEqual([0, '1 sources and 1 automations are fine.\n']);
      const missing = await tank(desk, ['automation', 'check', 'nothing.yaml']);
      expect([missing.code, missing.stderr]).toEqual([
        2,
        'nothing.yaml cannot be read: there is no such file.\n',
      ]);
      expect(readdirSync(desk.folder)).toEqual(before);
    },
    LONG,
  );
});

describe('an operator at the command line', () => {
  it(
    'applies, looks, tests, sends, reads the report and exports',
    async () => {
      const desk = await newDesk();
      const applied = await tank(desk, ['apply', 'good.yaml']);
      expect(applied.stdout).toBe('core-csv: saved as version 1\nstatement: saved as version 1\n');
      expect(applied.stderr).toContain('warning: statement.attachments.folder');

      const date = ['--date', '2026-03-31'];
      const shown = await tank(desk, ['preview', 'statement', '--row', '2', ...date, '--html', 'p.html']);
      expect(shown.stdout).toContain('statement_0000000002.pdf  NOT_FOUND');
      expect(readFileSync(join(desk.folder, 'p.html'), 'utf8')).toContain("default-src 'none'");

      const files = await tank(desk, ['automation', 'files', 'statement', ...date, '--json']);
      expect([files.code, json(files)]).toMatchObject([1, { rows: 2, states: { FOUND: 1, NOT_FOUND: 1 } }]);

      const test = await tank(desk, ['test-send', 'statement', '--to', 'me@example.com', ...date]);
      expect(test.stdout).toBe('Sent to me@example.com by outbox: [TEST] 홍길동 고객님\n');

      const run = json<{ run: string }>(await tank(desk, ['run', 'statement', '--wait', '--json', ...date]));
      expect(run).toMatchObject({ state: 'finished', targets: 2, sent: 1, skipped: 1 });
      const report = json<object>(await tank(desk, ['runs', run.run, '--json']));
      expect(report).toMatchObject({
        reasons: [{ state: 'skipped', sends: 1, fault: { code: 'attachment_not_found' } }],
        faults: [{ key: '0000000002', files: [{ name: 'statement_0000000002.pdf' }] }],
      });
      const csv = (await tank(desk, ['runs', run.run, '--csv'])).stdout;
      expect(csv.split('\r\n')).toHaveLength(4);

      const exported = (await tank(desk, ['export', 'statement'])).stdout;
      expect(parseAllDocuments(exported).map((document) => document.toJS())).toMatchObject([
        { source: 'core-csv', url: join(desk.folder, 'customers.csv') },
        { automation: 'statement', id: expect.any(String), mail: { html: '<p>$(NAME)</p>' } },
      ]);
      writeFileSync(join(desk.folder, 'exported.yaml'), exported);
      const again = await tank(desk, ['apply', 'exported.yaml', '--prune']);
      expect(again.stdout).toBe('core-csv: unchanged, version 1\nstatement: unchanged, version 1\n');
    },
    LONG,
  );

  it(
    'hears from doctor which run does not add up, and nothing while all do',
    async () => {
      const desk = await newDesk();
      await tank(desk, ['apply', 'good.yaml']);
      const { run } = json<{ run: string }>(
        await tank(desk, ['run', 'statement', '--wait', '--json', '--date', '2026-03-31']),
      );
      const well = await tank(desk, ['doctor']);
      expect([well.code, well.stdout]).toEqual([0, 'totals: all is well\n']);
      const store = new DatabaseSync(join(desk.dataDir, 'tank.db'));
      store.prepare(`DELETE FROM email_send_log WHERE run_id = ? AND state = 'sent'`).run(run);
      store.close();
      const ill = await tank(desk, ['doctor']);
      const fault = `run ${run} (finished): 2 targets, 1 sends, 0 of them open`;
      expect([ill.code, ill.stdout]).toEqual([1, `totals: ${fault}\n`]);
      expect(json(await tank(desk, ['doctor', '--json']))).toEqual({
        checks: [{ check: 'totals', faults: [fault] }],
      });
    },
    LONG,
  );

  it(
    'gets the same answers beside a daemon, whose API streams the CSV and shows its documents',
    async () => {
      const desk = await newDesk();
      await tank(desk, ['apply', 'good.yaml']);
      const daemon = await startTank(desk, ['serve']);
      const run = json<{ run: string }>(
        await tank(desk, ['run', 'statement', '--wait', '--json', '--date', '2026-03-31']),
      );
      const docs = await fetch(`${daemon.url}/api/docs`);
      expect([docs.status, docs.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const openApi = (await (await fetch(`${daemon.url}/api/openapi.json`)).json()) as { paths: object };
      expect(Object.keys(openApi.paths)).toContain('/api/v1/runs/{id}/sends');
      const token = await signIn(desk, daemon.url);
      const headers = { authorization: `Bearer ${token}`, accept: 'text/csv' };
      const csv = await fetch(`${daemon.url}/api/v1/runs/${run.run}/sends`, { headers });
      expect([csv.headers.get('transfer-encoding'), csv.headers.get('content-length')]).toEqual([
        'chunked',
        null,
      ]);
      expect((await csv.text()).split('\r\n')).toHaveLength(4);
      await daemon.stop();
    },
    LONG,
  );
});
