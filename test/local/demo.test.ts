import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_MAILS, DEMO_ROWS } from '../../local/demo/customers.ts';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { openInlineSqlite } from '../fixtures/inline-sqlite.ts';
import { expectEveryoneTheirOwn } from '../support/demo-mails.ts';
import {
  json,
  type Machine,
  mailsIn,
  newMachine,
  type Started,
  scrapMachines,
  startTank,
  tank,
} from '../support/tank.ts';

const LONG = 120_000;

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

interface Totals {
  readonly run: string;
  readonly state: string;
  readonly targets: number;
  readonly sent: number;
  readonly [counted: string]: number | string;
}

const runsOf = async (machine: Machine): Promise<readonly Totals[]> =>
  json<{ items: Totals[] }>(await tank(machine, ['runs', '--json'])).items;

const finished = (demo: Started) => demo.says(/^Ctrl\+C ends it\.$/m);

const sentFlags = async ({ dataDir }: Machine): Promise<number> => {
  const bank = await openInlineSqlite(join(dataDir, 'demo-bank.db'), { readOnly: true });
  const [row] = await bank.all(`SELECT COUNT(DISTINCT CUST_ID) AS n FROM CUSTOMER WHERE SEND_YN = 'Y'`);
  await bank.close();
  return Number(row?.n);
};

describe('tank demo', () => {
  it(
    'mails each healthy customer once, with their own name, amount and statement, and nobody again',
    async () => {
      const machine = await newMachine();
      const demo = await startTank(machine, ['demo']);
      await finished(demo);
      expect(demo.said()).toContain(`${DEMO_ROWS} targets = ${DEMO_MAILS} sent`);

      const files = await mailsIn(machine);
      await expectEveryoneTheirOwn(files);

      const [run, ...others] = await runsOf(machine);
      expect(others).toEqual([]);
      expect(run).toEqual({
        run: expect.any(String),
        state: 'finished',
        targets: DEMO_ROWS,
        sent: DEMO_MAILS,
        failed: 0,
        suppressed: 0,
        skipped: 3,
        cancelled: 0,
        held: 0,
      });
      const { faults } = json<{ faults: { state: string; fault: { code: string } }[] }>(
        await tank(machine, ['runs', String(run?.run), '--json']),
      );
      expect(faults.map(({ state, fault }) => [state, fault.code]).sort()).toEqual([
        ['skipped', 'address_invalid'],
        ['skipped', 'attachment_not_found'],
        ['skipped', 'duplicate_row'],
      ]);
      await expect.poll(() => sentFlags(machine), { timeout: 20_000 }).toBe(DEMO_MAILS);

      const { mtimeMs } = await stat(join(machine.dataDir, 'outbox', String(run?.run)));
      expect((await demo.stop()).code).toBe(0);
      const again = await startTank(machine, ['demo']);
      await finished(again);
      expect(again.said()).toContain('nothing is sent again');
      expect(await runsOf(machine)).toEqual([run]);
      expect(await mailsIn(machine)).toHaveLength(DEMO_MAILS);
      expect((await stat(join(machine.dataDir, 'outbox', String(run?.run)))).mtimeMs).toBe(mtimeMs);
    },
    LONG,
  );

  it(
    'drains on SIGTERM in mid-campaign, and the next start finishes it with one mail each',
    async () => {
      const machine = await newMachine();
      const first = await startTank(machine, ['demo']);
      await first.says(/sent [1-9]\d+/);
      expect((await first.stop()).code).toBe(0);

      const [drained] = await runsOf(machine);
      const files = await mailsIn(machine);
      expect(drained).toMatchObject({ state: 'sending', held: 0, failed: 0 });
      expect(files.length).toBeLessThan(DEMO_MAILS);
      expect(drained?.sent).toBe(files.length);

      await finished(await startTank(machine, ['demo']));
      const [run] = await runsOf(machine);
      expect(run).toMatchObject({ run: drained?.run, state: 'finished', sent: DEMO_MAILS, held: 0 });
      await expectEveryoneTheirOwn(await mailsIn(machine));
    },
    LONG,
  );
});
