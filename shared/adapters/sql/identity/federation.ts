import type { Provider } from '../../../domain/access-rules.ts';
import type { Departure, Federation } from '../../../ports/credentials.ts';
import type { Database, SqlRow } from '../../../ports/database.ts';
import { insertNew } from '../insert-new.ts';
import { number, text } from '../ledger/context.ts';
import { ACCOUNT_JOINED, toAccount } from './account-row.ts';

const COLUMNS = 'state_hash, provider, nonce, verifier, binding_hash, expires_at';

export const createSqlFederation = (database: Database): Federation => ({
  depart: async (stateHash, { provider, nonce, verifier, bindingHash, expiresAt }) => {
    await database.run(`INSERT INTO departure (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`, [
      stateHash,
      provider,
      nonce,
      verifier,
      bindingHash,
      expiresAt,
    ]);
  },

  comeBack: async (stateHash, now) => {
    const result = await database.atomic([
      {
        sql: `SELECT ${COLUMNS} FROM departure WHERE state_hash = ? AND expires_at > ?`,
        values: [stateHash, now],
      },
      { sql: 'DELETE FROM departure WHERE state_hash = ?', values: [stateHash], expect: 1 },
      { sql: 'DELETE FROM departure WHERE expires_at <= ?', values: [now] },
    ]);
    const row = result.committed ? result.steps[0]?.rows[0] : undefined;
    return row && toDeparture(row);
  },

  accountOf: async (provider, subject) => {
    const sql = `SELECT ${ACCOUNT_JOINED} FROM federated_identity f JOIN account a ON a.id = f.account_id WHERE f.id = ?`;
    const [row] = await database.all(sql, [identityOf(provider, subject)]);
    return row && toAccount(row, 'a_');
  },

  link: async (provider, subject, accountId) =>
    (await insertNew(
      database,
      'federated_identity',
      ['id', 'provider', 'account_id'],
      [[identityOf(provider, subject), provider, accountId]],
    )) === 1,
});

const identityOf = (provider: Provider, subject: string): string => `${provider}|${subject}`;

const toDeparture = (row: SqlRow): Departure => ({
  provider: text(row.provider) as Provider,
  nonce: text(row.nonce),
  verifier: text(row.verifier),
  bindingHash: text(row.binding_hash),
  expiresAt: number(row.expires_at),
});
