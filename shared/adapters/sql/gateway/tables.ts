/** Other systems that send single mails, and what these say. */
export const GATEWAY_TABLES: readonly string[] = [
  `CREATE TABLE client (
    id $id PRIMARY KEY, version $int NOT NULL, spec $long NOT NULL, callback_secret $blob,
    created_at $int NOT NULL, created_by $id NOT NULL)`,
  `CREATE TABLE client_identity (identity $id PRIMARY KEY, client_id $id NOT NULL)`,
  `CREATE INDEX client_identity_by_client ON client_identity (client_id)`,
  `CREATE TABLE client_certificate (
    fingerprint $id PRIMARY KEY, client_id $id NOT NULL, serial $id NOT NULL, issuer $text NOT NULL, not_after $int NOT NULL,
    seen_at $int, revoked_at $int, revoked_by $id, revoked_why $text)`,
  `CREATE INDEX client_certificate_by_client ON client_certificate (client_id)`,
  `CREATE TABLE message (
    id $id PRIMARY KEY, client_id $id NOT NULL, run_id $id NOT NULL, first_number $int NOT NULL, sends $int NOT NULL, last_send $id NOT NULL,
    idempotency_hash $id UNIQUE, body_hash $id NOT NULL, created_at $int NOT NULL,
    callback_due $int, callback_tries $int NOT NULL, content $blob)`,
  `CREATE INDEX message_by_callback ON message (callback_due) $only(callback_due IS NOT NULL)`,
  `CREATE INDEX message_by_age ON message (created_at) $only(content IS NOT NULL)`,
];
