import type { Database, SqlRow } from '../../../ports/database.ts';
import type { Clock } from '../../../ports/runtime.ts';
import type { Session, SessionKind, Sessions } from '../../../ports/sessions.ts';
import type { Dialect } from '../dialect.ts';
import { number, text } from '../ledger/context.ts';
import { ACCOUNT_JOINED, toAccount } from './account-row.ts';
import { nowAndThen } from './now-and-then.ts';

const COLUMNS =
  'id, account_id, kind, epoch, address, agent, begun_at, seen_at, ends_at, confirmed_at, second_factor';
const JOINED = `${COLUMNS.split(', ')
  .map((column) => `s.${column} AS s_${column}`)
  .join(', ')}, s.ended_at AS s_ended_at, s.proof AS s_proof`;

const INSERT = `INSERT INTO account_session (${COLUMNS}, family, proof) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const LIVE = 'ended_at IS NULL AND ends_at > ?';
const SWEEP_MS = 10 * 60_000;
/** Ended sessions are kept for a while, so that a token that comes back late is known for what it is. */
const KEPT_MS = 7 * 24 * 3_600_000;

const PRESENT = `SELECT ${ACCOUNT_JOINED}, ${JOINED}
  FROM account a LEFT JOIN account_session s ON s.id = ? AND s.account_id = a.id AND s.ended_at IS NULL AND s.epoch = a.epoch
  WHERE a.id = ? AND a.disabled_at IS NULL AND NOT EXISTS (SELECT 1 FROM revoked_token t WHERE t.jti = ?)`;
const BY_FAMILY = `SELECT ${ACCOUNT_JOINED}, ${JOINED} FROM account_session s JOIN account a ON a.id = s.account_id
  WHERE s.family = ?`;

export const createSqlSessions = (database: Database, dialect: Dialect, clock: Clock): Sessions => {
  const sweep = nowAndThen(clock, SWEEP_MS, () =>
    database.run('DELETE FROM account_session WHERE ends_at < ?', [clock.now() - KEPT_MS]),
  );
  const newest = (most: number) =>
    `SELECT id FROM account_session WHERE account_id = ? AND ${LIVE} ORDER BY begun_at DESC, id DESC ${dialect.limit(most)}`;

  const surplus = (most: number) => `account_id = ? AND ${LIVE} AND id NOT IN (${newest(most)})`;

  return {
    begin: async (session, { family, proof }, most) => {
      sweep();
      const { accountId, begunAt } = session;
      const begun = await database.atomic([
        // Holds the account until the end, so that two sign-ins at once see each other's session.
        {
          sql: 'UPDATE account SET sessions_begun = sessions_begun + 1 WHERE id = ? AND epoch = ? AND disabled_at IS NULL',
          values: [accountId, session.epoch],
          expect: 1,
        },
        { sql: INSERT, values: [...valuesOf(session), family, proof] },
        {
          sql: `SELECT id FROM account_session WHERE ${surplus(most)}`,
          values: [accountId, begunAt, accountId, begunAt],
        },
        {
          sql: `UPDATE account_session SET ended_at = ?, end_reason = 'too_many' WHERE ${surplus(most)}`,
          values: [begunAt, accountId, begunAt, accountId, begunAt],
        },
      ]);
      return begun.committed ? (begun.steps[2]?.rows ?? []).map(({ id }) => text(id)) : undefined;
    },

    present: async ({ accountId, tokenId, sessionId }) => {
      const [row] = await database.all(PRESENT, [sessionId ?? '', accountId, tokenId]);
      if (!row || (sessionId !== undefined && row.s_id === null)) return undefined;
      return {
        account: toAccount(row, 'a_'),
        ...(sessionId !== undefined && { session: toSession(row, 's_') }),
      };
    },

    byFamily: async (family) => {
      const [row] = await database.all(BY_FAMILY, [family]);
      if (!row) return undefined;
      const [account, session] = [toAccount(row, 'a_'), toSession(row, 's_')];
      const ended =
        row.s_ended_at !== null || account.disabledAt !== undefined || session.epoch !== account.epoch;
      return { account, session, proof: text(row.s_proof), ended };
    },

    rotate: async (id, from, to, at) => {
      const sql = `UPDATE account_session SET proof = ?, seen_at = ? WHERE id = ? AND proof = ? AND ${LIVE}`;
      return (await database.run(sql, [to, at, id, from, at])) === 1;
    },

    seen: async (id, at) => {
      await database.run('UPDATE account_session SET seen_at = ? WHERE id = ? AND seen_at < ?', [at, id, at]);
    },

    confirm: async (id, { address, agent, at, secondFactor }) => {
      const sql =
        'UPDATE account_session SET address = ?, agent = ?, seen_at = ?, confirmed_at = ?, second_factor = ? WHERE id = ?';
      await database.run(sql, [address, agent, at, at, secondFactor ? 1 : 0, id]);
    },

    ofAccount: async (accountId, now) => {
      const sql = `SELECT ${COLUMNS.split(', ')
        .map((column) => `s.${column}`)
        .join(', ')} FROM account_session s JOIN account a ON a.id = s.account_id AND a.epoch = s.epoch
        WHERE s.account_id = ? AND s.ended_at IS NULL AND s.ends_at > ? ORDER BY s.begun_at DESC, s.id DESC`;
      return (await database.all(sql, [accountId, now])).map((row) => toSession(row));
    },

    end: async (id, accountId, reason, at) => {
      const sql =
        'UPDATE account_session SET ended_at = ?, end_reason = ? WHERE id = ? AND account_id = ? AND ended_at IS NULL';
      return (await database.run(sql, [at, reason, id, accountId])) === 1;
    },
  };
};

const valuesOf = (session: Session) => [
  session.id,
  session.accountId,
  session.kind,
  session.epoch,
  session.address,
  session.agent,
  session.begunAt,
  session.seenAt,
  session.endsAt,
  session.confirmedAt,
  session.secondFactor ? 1 : 0,
];

const toSession = (row: SqlRow, prefix = ''): Session => ({
  id: text(row[`${prefix}id`]),
  accountId: text(row[`${prefix}account_id`]),
  kind: text(row[`${prefix}kind`]) as SessionKind,
  epoch: number(row[`${prefix}epoch`]),
  address: text(row[`${prefix}address`]),
  agent: text(row[`${prefix}agent`]),
  begunAt: number(row[`${prefix}begun_at`]),
  seenAt: number(row[`${prefix}seen_at`]),
  endsAt: number(row[`${prefix}ends_at`]),
  confirmedAt: number(row[`${prefix}confirmed_at`]),
  secondFactor: number(row[`${prefix}second_factor`]) === 1,
});
