import { OPEN_STATES } from '../../../domain/send-states.ts';
import type { Step } from '../../../ports/database.ts';
import type { Ledger, PlannedSend } from '../../../ports/ledger.ts';
import { bytes, type LedgerContext, number, quoted, text } from './context.ts';
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

  startAgain: (run, send) =>
    startWith(context, run, [...demandClosed(run.again.sendId), insertRun(run), ...oneSend(run.id, send)]),
});

/** A retry of its run may have come first. It writes the run before it looks, so that one of the two waits for the other. */
const demandClosed = (sendId: string): Step[] => [
  {
    sql: 'UPDATE run SET targets = targets WHERE id = (SELECT s.run_id FROM email_send_log s WHERE s.id = ?)',
    values: [sendId],
  },
  {
    sql: `UPDATE email_send_log SET state = state WHERE id = ? AND state IN (${quoted([...OPEN_STATES, 'held'])})`,
    values: [sendId],
    expect: 0,
  },
];

/** All at once: a run of one mail that was left in planning would be planned as if it were a whole one. */
const oneSend = (runId: string, send: PlannedSend) => [
  { sql: `UPDATE run SET state = 'sending', targets = 1, batches = 1 WHERE id = ?`, values: [runId] },
  insertBatches({ runId, batchIds: send.batchId ? [send.batchId] : [] }),
  insertSends({ runId, sends: [send] }),
];
