import type { Ledger, WriteBackResult } from '../../../ports/ledger.ts';
import { bytes, type LedgerContext, number, text } from './context.ts';

type WriteBackMethods = Pick<Ledger, 'writeBacksDue' | 'runsWithWriteBacks' | 'recordWriteBacks'>;

export const writeBackMethods = ({ database, dialect }: LedgerContext): WriteBackMethods => ({
  writeBacksDue: async (runId, limit) => {
    const rows = await database.all(
      `SELECT id, payload, write_back_tries FROM email_send_log
       WHERE run_id = ? AND write_back_due <= ${dialect.now} ORDER BY write_back_due, id ${dialect.limit(limit)}`,
      [runId],
    );
    return rows.map((row) => ({
      sendId: text(row.id),
      payload: bytes(row.payload),
      tries: number(row.write_back_tries),
    }));
  },

  runsWithWriteBacks: async () => {
    const rows = await database.all(
      `SELECT DISTINCT run_id FROM email_send_log WHERE write_back_due <= ${dialect.now}`,
    );
    return rows.map((row) => text(row.run_id));
  },

  recordWriteBacks: async (results) => {
    const of = <K extends WriteBackResult['kind']>(kind: K) =>
      results.filter((result): result is Extract<WriteBackResult, { kind: K }> => result.kind === kind);
    await database.atomic([
      {
        sql: `UPDATE email_send_log SET write_back = 'done', write_back_due = NULL, write_back_error = NULL WHERE id = ? AND write_back = 'due'`,
        rows: of('done').map((result) => [result.sendId]),
      },
      {
        sql: `UPDATE email_send_log SET write_back_due = ${dialect.now} + ?, write_back_tries = write_back_tries + 1, write_back_error = ? WHERE id = ? AND write_back = 'due'`,
        rows: of('again').map((result) => [result.afterMs, result.code, result.sendId]),
      },
      {
        sql: `UPDATE email_send_log SET write_back = 'failed', write_back_due = NULL, write_back_error = ? WHERE id = ? AND write_back = 'due'`,
        rows: of('given-up').map((result) => [result.code, result.sendId]),
      },
    ]);
  },
});
