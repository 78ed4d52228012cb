import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adminApi } from '../../shared/wire/admin-api.ts';
import { enqueueApi } from '../../shared/wire/enqueue-api.ts';
import {
  ATTACHMENTS,
  BUSINESS_DATE,
  type Office,
  openOffice,
  people,
  sourceOf,
  statement,
} from '../fixtures/office.ts';

const MAILS = 120;
const params = { id: 'statement' };

interface Shown {
  readonly state: string;
  readonly holds: readonly { readonly id: string; readonly reason: string; readonly detail?: string }[];
}

/** A run that is planned and waits; what happens next happens in its middle. */
const planned = async (): Promise<{ office: Office; run: string }> => {
  const customers = people(MAILS).map((one) => ({ ...one, file: `statement_${one.id}.pdf` }));
  const office = await openOffice(customers);
  for (const { file } of customers) office.put(file);
  const documents = [sourceOf(office), statement({ attachments: ATTACHMENTS })];
  await office.ask(adminApi.applyDefinitions, { body: { documents } });
  await office.ask(adminApi.pauseAutomation, { params, body: { reason: 'wait' } });
  return { office, run: await start(office) };
};

const start = async (office: Office): Promise<string> => {
  const { json } = await office.ask(enqueueApi.startRun, { params, body: { businessDate: BUSINESS_DATE } });
  await office.work();
  return String(json.run);
};
const goOn = async (office: Office) => {
  await office.ask(adminApi.resumeAutomation, { params, body: {} });
  await office.work();
};
const shown = async (office: Office, run: string) =>
  (await office.ask(adminApi.getRun, { params: { id: run } })).json as unknown as Shown;

const heldThenLifted = async (office: Office, run: string, mend: () => unknown) => {
  const held = await shown(office, run);
  await mend();
  const [hold] = held.holds;
  await office.ask(adminApi.resumeRun, { params: { id: run }, body: { hold: hold?.id } });
  await office.work();
  return held;
};

const ALL_SENT = { state: 'finished', targets: MAILS, sent: MAILS, failed: 0, skipped: 0, held: 0 };

describe('what goes away in the middle of a run loses no mail', () => {
  it('the folder of the attachments: the run is held, and goes on when it is back', async () => {
    const { office, run } = await planned();
    const folder = join(office.root, 'statement', BUSINESS_DATE.replaceAll('-', ''));
    renameSync(folder, `${folder}-away`);
    await goOn(office);
    const held = await heldThenLifted(office, run, () => renameSync(`${folder}-away`, folder));
    expect(held).toMatchObject({ state: 'paused', sent: 0, failed: 0 });
    expect(held.holds).toMatchObject([
      { reason: 'folder_unreachable', detail: expect.stringMatching(/cannot be read/) },
    ]);
    expect(await shown(office, run)).toMatchObject(ALL_SENT);
  });

  it('the source: the run is held, and goes on when it is back', async () => {
    const { office, run } = await planned();
    renameSync(office.bank, `${office.bank}-away`);
    await goOn(office);
    const held = await heldThenLifted(office, run, () => renameSync(`${office.bank}-away`, office.bank));
    expect(held).toMatchObject({ state: 'paused', sent: 0, failed: 0 });
    expect(held.holds).toMatchObject([
      { reason: 'source_unreachable', detail: expect.stringContaining('core-db') },
    ]);
    expect(await shown(office, run)).toMatchObject(ALL_SENT);
  });

  it('a column of a mapping: the run is held with the name of what is missing, and goes on when it is there', async () => {
    const { office, run } = await planned();
    await office.change('ALTER TABLE DETAIL RENAME COLUMN NAME TO FULL_NAME');
    await goOn(office);
    const held = await heldThenLifted(office, run, () =>
      office.change('ALTER TABLE DETAIL RENAME COLUMN FULL_NAME TO NAME'),
    );
    expect(held).toMatchObject({ state: 'paused', sent: 0, failed: 0 });
    expect(held.holds).toMatchObject([
      { reason: 'source_query_failed', detail: expect.stringContaining('NAME') },
    ]);
    expect(await shown(office, run)).toMatchObject(ALL_SENT);
  });

  it('a column between two runs: the next run says which, mails nobody, and the one after it mails all', async () => {
    const { office, run } = await planned();
    await goOn(office);
    expect(await shown(office, run)).toMatchObject(ALL_SENT);
    await office.change(
      `UPDATE CUSTOMER SET CUST_ID = '1' || substr(CUST_ID, 2), ATTACH_FILE = NULL`,
      `UPDATE DETAIL SET CUST_ID = '1' || substr(CUST_ID, 2)`,
      'ALTER TABLE CUSTOMER RENAME COLUMN EMAIL_ADDR TO EMAIL',
    );
    const failed = await start(office);
    expect(await shown(office, failed)).toMatchObject({
      state: 'failed',
      sent: 0,
      error: { code: 'source_query_failed', detail: expect.stringContaining('EMAIL_ADDR') },
    });
    await office.change('ALTER TABLE CUSTOMER RENAME COLUMN EMAIL TO EMAIL_ADDR');
    expect(await shown(office, await start(office))).toMatchObject(ALL_SENT);
  });
});
