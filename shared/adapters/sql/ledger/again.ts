import type { Ledger, PlannedSend, StartedRun } from '../../../ports/ledger.ts';
import { bytes, type LedgerContext, number, text } from './context.ts';
import { insertBatches, insertSends } from './plan.ts';
import { SEND_COLUMNS, toSendRecord } from './sends.ts';
import { insertRun, startWith } from './start.ts';

export const againMethods = (context: LedgerContext): Pick<Ledger, 'send' | 'startAgain'> => ({
  send: async (id) => {
    const [row] = await context.database.all(
      `SELECT ${SEND_COLUMNS}, payload, key_hash, occurrence, address_hash FROM email_send_log WHERE id = ?`,
      [id],
    );
    return (
      row && {
        ...toSendRecord(row),
        payload: bytes(row.payload),
        keyHash: text(row.key_hash),
        occurrence: number(row.occurrence),
        addressHash: text(row.address_hash),
      }
    );
  },

  startAgain: async (run, send) => {
    const started = await startWith(context, run, [insertRun(run), ...oneSend(run.id, send)]);
    return started ?? unreachable();
  },
});

/** All at once: a run of one mail that was left in planning would be planned as if it were a whole one. */
const oneSend = (runId: string, send: PlannedSend) => [
  { sql: `UPDATE run SET state = 'sending', targets = 1, batches = 1 WHERE id = ?`, values: [runId] },
  insertBatches({ runId, batchIds: send.batchId ? [send.batchId] : [] }),
  insertSends({ runId, sends: [send] }),
];

const unreachable = (): StartedRun => {
  throw new Error('a transaction without expectations was not committed');
};
