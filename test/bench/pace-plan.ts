import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { createPorts } from '../../shared/app/ports.ts';
import { loadSettings } from '../../shared/config/load.ts';
import { batchId, sendId } from '../../shared/domain/identifiers.ts';
import { encodePayload, payloadPlace } from '../../shared/domain/payload.ts';
import { aRun, aSend } from '../fixtures/ledger-driver.ts';

const CHUNK = 1_000;
const BATCH_SIZE = 50;

/** A run of so many sends, planned in the store of these settings, and the source that its template is checked against. */
export const planForBench = async (env: NodeJS.ProcessEnv, sends: number): Promise<void> => {
  const loaded = loadSettings(env);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const { settings } = loaded;
  const ports = createPorts(settings, { sqlite: { host: 'inline' }, logTo: { folder: settings.dataDir } });
  const ledger = await ports.ledger();
  const bank = join(settings.dataDir, 'bank.sqlite');
  const database = new DatabaseSync(bank);
  database.exec('CREATE TABLE CUSTOMER (CUST_ID TEXT PRIMARY KEY, EMAIL TEXT)');
  database.close();
  const { automations } = await (await ports.automations()).apply(
    {
      sources: [{ spec: { name: 'bank', kind: 'sqlite', url: bank } }],
      automations: [{ spec: SPEC }],
    },
    'bench',
  );
  const run = aRun({ automationId: automations[0]?.id ?? '', writesBack: false });
  await ledger.startRun(run);
  const fence = (await ledger.takePlan(run.id, 600_000))?.fence ?? -1;
  const cipher = await (await ports.vault()).open(run.id);
  for (let from = 0; from < sends; from += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, sends - from) }, (_, i) => from + i);
    const batchOf = (n: number) => batchId(run.id, Math.floor(n / BATCH_SIZE));
    await ledger.appendPlan({
      runId: run.id,
      fence,
      leaseMs: 600_000,
      position: new Uint8Array([1]),
      batchIds: [...new Set(numbers.map(batchOf))],
      sends: numbers.map((n) => {
        const id = sendId(run.id, n);
        const row = { CUST_ID: String(n), EMAIL: `customer.${n}@example.com` };
        const payload = { key: row.CUST_ID, address: row.EMAIL, row, files: [] };
        return {
          ...aSend(run.id, n, batchOf(n)),
          id,
          payload: cipher.encrypt(payloadPlace(id), encodePayload(payload)),
        };
      }),
    });
  }
  await ledger.finishPlan(run.id, fence);
};

const SPEC = {
  name: 'bench',
  organisation: 'retail',
  source: 'bank',
  recipients: {
    target: 'SELECT CUST_ID, EMAIL FROM CUSTOMER',
    key: 'CUST_ID',
    email: 'EMAIL',
    recurrence: { kind: 'all' },
  },
  mappings: [],
  mail: {
    from: 'Bank <no-reply@example.com>',
    subject: 'Statement of $(CUST_ID)',
    html: '<p>Dear customer $(CUST_ID)</p>',
    advertising: false,
    unsubscribe: false,
  },
  inDoubt: 'hold',
} as const;
