import { type ClientSpec, keyOfIdentity, normalSerial, uriOfClient } from '../../../domain/client.ts';
import type { Client, ClientCertificate, Clients } from '../../../ports/clients.ts';
import { type Database, type SqlRow, type Step, UniqueViolation } from '../../../ports/database.ts';
import type { Dialect } from '../dialect.ts';
import { bytes, number, placeholders, text } from '../ledger/context.ts';

const COLUMNS = 'c.id, c.version, c.spec, c.callback_secret, c.created_at, c.created_by';
const CERTIFICATE = 'fingerprint, client_id, serial, issuer, not_after, seen_at, revoked_at';
/** How exactly the last use of a certificate is known. */
const SEEN_EVERY_MS = 60_000;

export const createSqlClients = (database: Database, dialect: Dialect): Clients => {
  const { now } = dialect;
  const select = async (rest: string, values: readonly string[] = []): Promise<Client[]> =>
    (await database.all(`SELECT ${COLUMNS} FROM client c ${rest}`, values)).map(toClient);
  /** False: another client has one of the identities, or the first step changed nothing. */
  const commit = async (steps: readonly Step[]): Promise<boolean> => {
    try {
      return (await database.atomic(steps)).committed;
    } catch (thrown) {
      if (thrown instanceof UniqueViolation) return false;
      throw thrown;
    }
  };

  return {
    list: () => select('ORDER BY c.id'),
    find: async (id) => (await select('WHERE c.id = ?', [id]))[0],

    add: ({ spec, callbackSecret, createdBy }) =>
      commit([
        {
          sql: `INSERT INTO client (id, version, spec, callback_secret, created_at, created_by) VALUES (?, 1, ?, ?, ${now}, ?)`,
          values: [spec.id, JSON.stringify(spec), callbackSecret ?? null, createdBy],
        },
        ...identitySteps(spec),
      ]),

    replace: ({ spec, callbackSecret }, expectedVersion) =>
      commit([
        {
          sql: 'UPDATE client SET version = version + 1, spec = ?, callback_secret = ? WHERE id = ? AND version = ?',
          values: [JSON.stringify(spec), callbackSecret ?? null, spec.id, expectedVersion],
          expect: 1,
        },
        ...identitySteps(spec),
      ]),

    remove: (id) =>
      commit([
        { sql: 'DELETE FROM client WHERE id = ?', values: [id], expect: 1 },
        { sql: 'DELETE FROM client_identity WHERE client_id = ?', values: [id] },
      ]),

    present: async (keys, fingerprint) => {
      const [clients, barred] = await Promise.all([
        select(
          `WHERE c.id IN (SELECT i.client_id FROM client_identity i WHERE i.identity IN (${placeholders(keys.length)}))`,
          keys,
        ),
        database.all('SELECT 1 FROM client_certificate WHERE fingerprint = ? AND revoked_at IS NOT NULL', [
          fingerprint,
        ]),
      ]);
      return { clients, revoked: barred.length > 0 };
    },

    noteCertificate: async ({ fingerprint, clientId, serial, issuer, notAfter }, seen) => {
      await database.atomic([
        {
          sql: dialect.upsert({
            table: 'client_certificate',
            key: ['fingerprint'],
            keep: ['client_id', 'serial', 'issuer', 'not_after'],
            replace: [],
            select:
              'SELECT ? AS fingerprint, ? AS client_id, ? AS serial, ? AS issuer, ? AS not_after WHERE 1 = 1',
          }),
          values: [fingerprint, clientId, normalSerial(serial), issuer, notAfter],
        },
        ...(seen ? [seenStep(fingerprint, now)] : []),
      ]);
    },

    certificates: async (clientId) => {
      const where = clientId === undefined ? '' : 'WHERE client_id = ?';
      const sql = `SELECT ${CERTIFICATE} FROM client_certificate ${where} ORDER BY client_id, not_after`;
      return (await database.all(sql, clientId === undefined ? [] : [clientId])).map(toCertificate);
    },

    revoke: (clientId, serial, by, reason) =>
      database.run(
        `UPDATE client_certificate SET revoked_at = ${now}, revoked_by = ?, revoked_why = ?
         WHERE client_id = ? AND serial = ? AND revoked_at IS NULL`,
        [by, reason, clientId, normalSerial(serial)],
      ),
  };
};

const seenStep = (fingerprint: string, now: string): Step => ({
  sql: `UPDATE client_certificate SET seen_at = ${now} WHERE fingerprint = ? AND (seen_at IS NULL OR seen_at < ${now} - ${SEEN_EVERY_MS})`,
  values: [fingerprint],
});

const identitySteps = ({ id, identities }: ClientSpec): Step[] => [
  { sql: 'DELETE FROM client_identity WHERE client_id = ?', values: [id] },
  {
    sql: 'INSERT INTO client_identity (identity, client_id) VALUES (?, ?)',
    rows: [...new Set([uriOfClient(id), ...identities.map(keyOfIdentity)])].map((key) => [key, id]),
  },
];

const toClient = (row: SqlRow): Client => ({
  spec: JSON.parse(text(row.spec)) as ClientSpec,
  version: number(row.version),
  createdAt: number(row.created_at),
  createdBy: text(row.created_by),
  ...(row.callback_secret === null ? {} : { callbackSecret: bytes(row.callback_secret) }),
});

const toCertificate = (row: SqlRow): ClientCertificate => ({
  fingerprint: text(row.fingerprint),
  clientId: text(row.client_id),
  serial: text(row.serial),
  issuer: text(row.issuer),
  notAfter: number(row.not_after),
  ...(row.seen_at === null ? {} : { seenAt: number(row.seen_at) }),
  ...(row.revoked_at === null ? {} : { revokedAt: number(row.revoked_at) }),
});
