import type { Ledger, SendRecord } from '../../../ports/ledger.ts';
import { type LedgerContext, number, placeholders, text, toFault } from './context.ts';

export const sendMethods = ({ database, dialect }: LedgerContext): Pick<Ledger, 'sends'> => ({
  sends: async (runId, { limit, after, states }) => {
    const conditions = [
      'run_id = ?',
      ...(after ? ['id > ?'] : []),
      ...(states ? [`state IN (${placeholders(states.length)})`] : []),
    ];
    const values = [runId, ...(after ? [after] : []), ...(states ?? [])];
    const rows = await database.all(
      `SELECT ${SEND_COLUMNS} FROM email_send_log WHERE ${conditions.join(' AND ')} ORDER BY id ${dialect.limit(limit)}`,
      values,
    );
    return rows.map(toSendRecord);
  },
});

export const SEND_COLUMNS = `id, run_id, address_masked, domain, state, delivery, attempts, message_id,
  error_code, error_class, error_facts, settled_at, write_back`;

export const toSendRecord = (row: Parameters<typeof toFault>[0]): SendRecord => ({
  id: text(row.id),
  runId: text(row.run_id),
  addressMasked: text(row.address_masked),
  domain: text(row.domain),
  state: text(row.state) as SendRecord['state'],
  delivery: text(row.delivery) as SendRecord['delivery'],
  attempts: number(row.attempts),
  writeBack: text(row.write_back) as SendRecord['writeBack'],
  ...(row.message_id ? { messageId: text(row.message_id) } : {}),
  ...(row.settled_at === null ? {} : { settledAt: number(row.settled_at) }),
  ...toFault(row),
});
