import type { FaultGroup, Ledger, SendRecord } from '../../../ports/ledger.ts';
import {
  bytes,
  conditions,
  inLists,
  type LedgerContext,
  number,
  placeholders,
  text,
  toFault,
} from './context.ts';

type SendMethods = Pick<Ledger, 'sends' | 'payloads' | 'faultGroups'>;

export const sendMethods = ({ database, dialect }: LedgerContext): SendMethods => ({
  sends: async (runId, { limit, after, states, delivery, code, domain }) => {
    const { where, values } = conditions([
      ['run_id = ?', runId],
      ['id > ?', after],
      [`state IN (${placeholders(states?.length ?? 0)})`, states],
      ['delivery = ?', delivery],
      ['error_code = ?', code],
      ['domain = ?', domain],
    ]);
    const rows = await database.all(
      `SELECT ${SEND_COLUMNS} FROM email_send_log ${where} ORDER BY id ${dialect.limit(limit)}`,
      values,
    );
    return rows.map(toSendRecord);
  },

  payloads: async (sendIds) => {
    const found = new Map<string, Uint8Array>();
    for (const ids of inLists(sendIds)) {
      const sql = `SELECT id, payload FROM email_send_log WHERE id IN (${placeholders(ids.length)})`;
      for (const row of await database.all(sql, ids)) found.set(text(row.id), bytes(row.payload));
    }
    return found;
  },

  faultGroups: async (runId, limit) => {
    const rows = await database.all(
      `SELECT state, error_code, error_class, error_facts, COUNT(*) AS n FROM email_send_log
       WHERE run_id = ? AND state NOT IN ('pending', 'sending', 'sent')
       GROUP BY state, error_code, error_class, error_facts ORDER BY n DESC, state, error_code ${dialect.limit(limit)}`,
      [runId],
    );
    return rows.map(toGroup);
  },
});

const toGroup = (row: Parameters<typeof toFault>[0]): FaultGroup => ({
  state: text(row.state) as FaultGroup['state'],
  sends: number(row.n),
  ...toFault(row),
});

export const SEND_COLUMNS = `id, run_id, address_masked, domain, state, delivery, attempts, calls, called_at, message_id,
  error_code, error_class, error_facts, settled_at, write_back`;

export const toSendRecord = (row: Parameters<typeof toFault>[0]): SendRecord => ({
  id: text(row.id),
  runId: text(row.run_id),
  addressMasked: text(row.address_masked),
  domain: text(row.domain),
  state: text(row.state) as SendRecord['state'],
  delivery: text(row.delivery) as SendRecord['delivery'],
  attempts: number(row.attempts),
  calls: number(row.calls),
  writeBack: text(row.write_back) as SendRecord['writeBack'],
  ...(row.message_id ? { messageId: text(row.message_id) } : {}),
  ...(row.called_at === null ? {} : { calledAt: number(row.called_at) }),
  ...(row.settled_at === null ? {} : { settledAt: number(row.settled_at) }),
  ...toFault(row),
});
