import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { CAMPAIGN, layOutCampaign } from '../support/campaign.ts';
import { json, type Machine, mailsIn, newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';

const ROWS = 120;
const LONG = 60_000;

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

interface Totals {
  readonly run: string;
  readonly state: string;
  readonly [counted: string]: number | string;
}

const ready = async () => {
  const machine = await newMachine();
  const campaign = await layOutCampaign(machine, ROWS);
  expect((await tank(machine, ['apply', campaign.definitions])).code).toBe(0);
  return { machine, campaign };
};

const inBank = ({ folder }: Machine, sql: string): void => {
  const bank = new DatabaseSync(join(folder, 'bank.db'));
  bank.exec(sql);
  bank.close();
};

const totals = (run: string, changes: Partial<Totals> = {}) => ({
  run,
  state: 'finished',
  targets: ROWS,
  sent: ROWS,
  failed: 0,
  suppressed: 0,
  skipped: 0,
  cancelled: 0,
  held: 0,
  ...changes,
});

describe('tank run --wait --json', () => {
  it(
    'without a daemon hosts the worker until the mails are out and the source knows of them',
    async () => {
      const { machine, campaign } = await ready();
      const { code, stdout, stderr } = await tank(machine, ['run', CAMPAIGN, '--wait', '--json']);
      const run = JSON.parse(stdout);
      expect(run).toEqual(totals(run.run));
      expect([code, stderr, stdout.split('\n')]).toEqual([0, '', [JSON.stringify(run), '']]);
      expect(Object.keys(run)).toEqual(Object.keys(totals('')));
      expect(await mailsIn(machine)).toHaveLength(ROWS);
      expect(campaign.markedAsSent()).toBe(ROWS);
      expect(existsSync(join(machine.dataDir, 'daemon.json'))).toBe(false);
    },
    LONG,
  );

  it(
    'beside a daemon lets that one work',
    async () => {
      const { machine, campaign } = await ready();
      const daemon = await startTank(machine, ['serve']);
      const ended = await tank(machine, ['run', CAMPAIGN, '--wait', '--json']);
      const run = json<Totals>(ended);
      expect([ended.code, run]).toEqual([0, totals(run.run)]);
      await expect.poll(campaign.markedAsSent, { timeout: 10_000 }).toBe(ROWS);
      expect((await fetch(`${daemon.url}/health`)).status).toBe(200);
    },
    LONG,
  );

  it(
    'ends with 3 and the reason when somebody must decide',
    async () => {
      const { machine } = await ready();
      inBank(
        machine,
        `CREATE TABLE C2 AS SELECT * FROM CUSTOMER; DROP TABLE CUSTOMER; ALTER TABLE C2 RENAME TO CUSTOMER;
       INSERT INTO CUSTOMER SELECT CUST_ID, 'other@example.com', NAME, BALANCE, 'N' FROM CUSTOMER LIMIT 1`,
      );
      const { code, stdout } = await tank(machine, ['run', CAMPAIGN, '--wait', '--json']);
      const run = JSON.parse(stdout);
      expect([code, run]).toEqual([3, totals(run.run, { targets: ROWS + 1, sent: ROWS - 1, held: 2 })]);
      const inWords = await tank(machine, ['run', CAMPAIGN, '--wait']);
      expect(inWords.stdout).toContain('121 targets = 0 sent');
    },
    LONG,
  );

  it(
    'ends with 1 and the reason when the run fails',
    async () => {
      const { machine } = await ready();
      inBank(machine, 'ALTER TABLE CUSTOMER RENAME TO MOVED');
      const failed = await tank(machine, ['run', CAMPAIGN, '--wait']);
      expect([failed.code, failed.stderr]).toEqual([1, '']);
      expect(failed.stdout).toMatch(/: failed\. .*\nA query of the source bank failed: .*CUSTOMER/);
      const again = await tank(machine, ['run', CAMPAIGN, '--wait', '--json']);
      expect([again.code, json<Totals>(again).state]).toEqual([1, 'failed']);
    },
    LONG,
  );

  it(
    'gives the same run for the same key, and refuses an automation that is not there',
    async () => {
      const { machine } = await ready();
      const [first, second] = [
        await tank(machine, ['run', CAMPAIGN, '--wait', '--json', '--key', 'march']),
        await tank(machine, ['run', CAMPAIGN, '--wait', '--json', '--key', 'march']),
      ];
      expect(json<Totals>(second)).toEqual(json<Totals>(first));
      const unknown = await tank(machine, ['run', 'nobody', '--wait', '--json']);
      expect(unknown).toEqual({ code: 2, stdout: '', stderr: 'There is no such automation. (not_found)\n' });
    },
    LONG,
  );
});

describe('tank runs', () => {
  it(
    'lists runs newest first, as the same totals',
    async () => {
      const { machine } = await ready();
      const runs: Totals[] = [];
      for (let n = 0; n < 3; n += 1)
        runs.unshift(json(await tank(machine, ['run', CAMPAIGN, '--wait', '--json'])));
      expect(json(await tank(machine, ['runs', '--json']))).toEqual({ items: runs });
      expect(json(await tank(machine, ['runs', '--json', '--limit', '1']))).toEqual({ items: [runs[0]] });
    },
    LONG,
  );

  it('says so in an empty store, and in JSON is an empty list', async () => {
    const machine = await newMachine();
    expect(await tank(machine, ['runs', '--json'])).toEqual({
      code: 0,
      stdout: '{"items":[]}\n',
      stderr: '',
    });
    expect((await tank(machine, ['runs'])).stdout).toBe('There are no runs yet.\n');
  });

  it.each([
    [['runs', 'nobody'], 'There is no such run.'],
    [['runs', '--limit', '0'], 'Give a number from 1 to 1000.'],
    [['runs', '--limit', 'many'], 'Give a number from 1 to 1000.'],
    [['runs', '--bogus'], "unknown option '--bogus'"],
    [['rnus'], "unknown command 'rnus'\n(Did you mean runs?)"],
    [['run'], "missing required argument 'automation'"],
    [['serve', '--role', 'boss'], 'Allowed choices are api, worker, all.'],
  ])('refuses %j with a sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await tank(await newMachine(), args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
  });
});

describe('tank apply refuses', () => {
  const GOOD = `automation: a
source: bank
recipients: { target: 'SELECT CUST_ID, EMAIL_ADDR FROM CUSTOMER', key: CUST_ID, email: EMAIL_ADDR }
mail: { from: 'no-reply@example.com', subject: s, html: h }
`;

  it.each([
    ['broken YAML', 'source: [bank', /bad\.yaml: .* at line 1/],
    ['a list', '- source: bank', 'bad.yaml: a document is a mapping such as "source: core-db".'],
    ['an empty file', '', 'bad.yaml holds no definition.'],
    ['an unknown key', GOOD.replace('\nmail:', '\nmial:'), 'a.mial: is unknown; did you mean mail?'],
    [
      'an unknown key within',
      GOOD.replace('key:', 'kye:'),
      'a.recipients.kye: is unknown; did you mean key?',
    ],
    ['an unknown kind', 'source: s\nkind: db2\nurl: x', /s\.kind: .*"oracle"\|"postgres"\|"sqlite"\|"csv"/],
    [
      'a wrong column',
      GOOD.replace('email: EMAIL_ADDR', 'email: EMIAL_ADDR'),
      /a\.recipients\.email: .*EMIAL_ADDR.*EMAIL_ADDR/,
    ],
    ['a variable of no column', GOOD.replace('html: h', "html: '$(CUSTID)'"), /a\.mail.*: .*CUSTID.*CUST_ID/],
    [
      'a source that is not there',
      GOOD.replace('source: bank', 'source: bnak'),
      'There is no source named bnak.',
    ],
  ])(
    '%s, with exit code 2 and nothing saved',
    async (_, text, sentence) => {
      const { machine } = await ready();
      const file = join(machine.folder, 'bad.yaml');
      await writeFile(file, text);
      const { code, stdout, stderr } = await tank(machine, ['apply', file]);
      expect(stderr).toMatch(sentence);
      expect([code, stdout]).toEqual([2, '']);
      expect((await tank(machine, ['run', 'a'])).stderr).toContain('There is no such automation.');
    },
    LONG,
  );

  it('broken YAML, told to who reads Korean in Korean with its place', async () => {
    const machine = await newMachine();
    const file = join(machine.folder, 'bad.yaml');
    const told = async (text: string) => {
      await writeFile(file, text);
      return (await tank(machine, ['apply', file], { settings: { LANG: 'ko_KR.UTF-8' } })).stderr;
    };
    expect(await told('a: 1\nb: 2\na: 3\n')).toContain('같은 키가 두 번 있습니다 (3행 1열, DUPLICATE_KEY).');
    expect(await told('source: [bank')).toMatch(/괄호가 닫히지 않았습니다 \(\d+행 \d+열/);
    expect(await told('a: !!int x\n- b')).toMatch(/[가-힣].* \(\d+행 \d+열, [A-Z_]+\)/);
  });

  it('a file that is not there, or is a folder', async () => {
    const machine = await newMachine();
    expect((await tank(machine, ['apply', 'none.yaml'])).stderr).toBe(
      'none.yaml cannot be read: there is no such file.\n',
    );
    expect((await tank(machine, ['apply', machine.folder])).stderr).toBe(
      `${machine.folder} cannot be read: it is a folder.\n`,
    );
  });
});

describe('tank --help', () => {
  let machine: Machine;
  let all: string;
  beforeAll(async () => {
    machine = await newMachine();
    all = (await tank(machine, ['--help'])).stdout;
  });
  afterAll(scrapMachines);

  it(
    'names every command with what it does, and the exit codes',
    async () => {
      const commands = [...all.matchAll(/^ {2}([a-z-]+)( \[?[<[a-z].*?)? {2,}(\S.*)$/gm)];
      expect(commands.length).toBeGreaterThan(7);
      expect(all).toContain('Exit codes: 0 done, 1 failed, 2 wrong use, 3 waits for a person.');
      for (const [, command = ''] of commands.filter(([, name]) => name !== 'help')) {
        const { code, stdout } = await tank(machine, [command, '--help']);
        expect([command, code]).toEqual([command, 0]);
        expect(stdout).toMatch(new RegExp(`^Usage: tank ${command}\\b`));
        for (const option of stdout.match(/^ {2}-.*(\n {4,}.*)*/gm) ?? [])
          expect(option).toMatch(/ {2,}\S|\n {4,}\S/);
      }
    },
    LONG,
  );
});
