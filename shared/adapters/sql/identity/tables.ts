/** Accounts and everything that guards them. */
export const IDENTITY_TABLES: readonly string[] = [
  `CREATE TABLE account (
    id $id PRIMARY KEY, name $id NOT NULL UNIQUE, email $id UNIQUE, role $id NOT NULL, organisations $text NOT NULL,
    address_ranges $text NOT NULL, password_hash $text, epoch $int NOT NULL, must_change_password $int NOT NULL,
    sessions_begun $int NOT NULL, disabled_at $int, created_at $int NOT NULL)`,
  `CREATE TABLE revoked_token (jti $id PRIMARY KEY, expires_at $int NOT NULL)`,
  `CREATE INDEX revoked_token_by_expiry ON revoked_token (expires_at)`,
  `CREATE TABLE account_session (
    id $id PRIMARY KEY, account_id $id NOT NULL, kind $id NOT NULL, epoch $int NOT NULL, family $id NOT NULL UNIQUE,
    proof $id NOT NULL, address $id NOT NULL, agent $text, begun_at $int NOT NULL, seen_at $int NOT NULL,
    ends_at $int NOT NULL, confirmed_at $int NOT NULL, second_factor $int NOT NULL, ended_at $int, end_reason $id)`,
  `CREATE INDEX session_by_account ON account_session (account_id, ended_at)`,
  `CREATE INDEX session_by_end ON account_session (ends_at)`,
  `CREATE TABLE api_token (
    id $id PRIMARY KEY, account_id $id NOT NULL, name $id NOT NULL, secret_hash $id NOT NULL UNIQUE, scopes $text NOT NULL,
    address_ranges $text NOT NULL, created_at $int NOT NULL, expires_at $int NOT NULL, seen_at $int, revoked $int NOT NULL)`,
  `CREATE INDEX api_token_by_account ON api_token (account_id)`,
  `CREATE TABLE invitation (
    id $id PRIMARY KEY, secret_hash $id NOT NULL UNIQUE, name $id NOT NULL, email $id, role $id NOT NULL,
    organisations $text NOT NULL, address_ranges $text NOT NULL, created_by $id NOT NULL, created_at $int NOT NULL,
    expires_at $int NOT NULL, closed $int NOT NULL)`,
  `CREATE TABLE second_factor (account_id $id PRIMARY KEY, secret $blob NOT NULL, confirmed $int NOT NULL, last_step $int NOT NULL)`,
  `CREATE TABLE recovery_code (hash $id PRIMARY KEY, account_id $id NOT NULL, used_at $int)`,
  `CREATE INDEX recovery_code_by_account ON recovery_code (account_id)`,
  `CREATE TABLE known_device (id $id PRIMARY KEY, account_id $id NOT NULL, secret_hash $id NOT NULL UNIQUE, created_at $int NOT NULL)`,
  `CREATE INDEX known_device_by_account ON known_device (account_id)`,
  `CREATE TABLE sign_in_lock (id $id PRIMARY KEY, name_hash $id NOT NULL, address $id NOT NULL, until_at $int NOT NULL)`,
  `CREATE INDEX sign_in_lock_by_name ON sign_in_lock (name_hash)`,
  `CREATE TABLE departure (
    state_hash $id PRIMARY KEY, provider $id NOT NULL, nonce $id NOT NULL, verifier $id NOT NULL,
    binding_hash $id NOT NULL, expires_at $int NOT NULL)`,
  `CREATE TABLE federated_identity (id $id PRIMARY KEY, provider $id NOT NULL, account_id $id NOT NULL)`,
  `CREATE INDEX federated_identity_by_account ON federated_identity (account_id)`,
  `CREATE TABLE counter (id $id PRIMARY KEY, slot $int NOT NULL, hits $int NOT NULL, previous $int NOT NULL, stale_at $int NOT NULL)`,
  `CREATE INDEX counter_by_stale ON counter (stale_at)`,
  `CREATE TABLE signal (id $id PRIMARY KEY, kind $id NOT NULL, bucket $int NOT NULL, address $id NOT NULL, hits $int NOT NULL)`,
  `CREATE INDEX signal_by_bucket ON signal (bucket)`,
  `CREATE TABLE audit_entry (
    seq $int PRIMARY KEY, at $int NOT NULL, event $id NOT NULL, outcome $id NOT NULL, actor $id NOT NULL,
    address $id NOT NULL, request_id $id NOT NULL, subject $id, facts $text NOT NULL, hash $id NOT NULL)`,
  `CREATE INDEX audit_entry_by_time ON audit_entry (at)`,
  `CREATE TABLE audit_head (id $id PRIMARY KEY, seq $int NOT NULL, hash $id NOT NULL)`,
];
