import type { Dialect } from './dialect.ts';
import { GATEWAY_TABLES } from './gateway/tables.ts';
import { IDENTITY_TABLES } from './identity/tables.ts';

/** Each is applied once, in order, and never edited after it was released. */
export interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    statements: [
      `CREATE TABLE data_key (id $id PRIMARY KEY, master_key_id $id NOT NULL, wrapped $blob NOT NULL, created_at $int NOT NULL)`,
      `CREATE TABLE shared_secret (id $id PRIMARY KEY, sealed $blob NOT NULL, created_at $int NOT NULL)`,
      `CREATE TABLE lease (id $id PRIMARY KEY, holder $id NOT NULL, until_at $int NOT NULL)`,
      ...IDENTITY_TABLES,
      ...GATEWAY_TABLES,
      `CREATE TABLE source (name $id PRIMARY KEY, version $int NOT NULL, spec $long NOT NULL, created_at $int NOT NULL, created_by $id NOT NULL)`,
      `CREATE TABLE automation (id $id PRIMARY KEY, name $id NOT NULL UNIQUE, version $int NOT NULL, archived_at $int)`,
      `CREATE TABLE organisation (name $id PRIMARY KEY, title $text NOT NULL, created_at $int NOT NULL, created_by $id NOT NULL)`,
      `CREATE TABLE automation_version (
        automation_id $id NOT NULL, version $int NOT NULL, spec $long NOT NULL,
        created_at $int NOT NULL, created_by $id NOT NULL, PRIMARY KEY (automation_id, version))`,
      `CREATE TABLE run (
        id $id PRIMARY KEY, automation_id $id NOT NULL, automation_version $int NOT NULL, automation_name $id NOT NULL,
        organisation $id NOT NULL, from_identity $id NOT NULL, transport $id NOT NULL, business_date $id NOT NULL,
        lane $id NOT NULL, writes_back $int NOT NULL, declinable $int NOT NULL, state $id NOT NULL, live_key $id UNIQUE, idempotency_key $id UNIQUE,
        started_by $id NOT NULL, started_at $int NOT NULL, finished_at $int,
        expand_fence $int NOT NULL, expand_lease_until $int NOT NULL, expand_position $blob, targets $int NOT NULL, batches $int NOT NULL,
        window_from $int NOT NULL, window_until $int NOT NULL, canary $int NOT NULL,
        again_send $id, again_reason $text, counts_at $int, client_id $id, open_until $int,
        error_code $id, error_facts $text)`,
      `CREATE INDEX run_by_state ON run (state, started_at)`,
      `CREATE INDEX run_by_automation ON run (automation_id, started_at)`,
      `CREATE INDEX run_by_again ON run (again_send) $only(again_send IS NOT NULL)`,
      `CREATE TABLE send_batch (
        id $id PRIMARY KEY, run_id $id NOT NULL, lane $id NOT NULL, due_at $int, enqueued_until $int NOT NULL,
        fence $int NOT NULL, lease_until $int NOT NULL, canary $int NOT NULL)`,
      `CREATE INDEX send_batch_by_run ON send_batch (run_id, due_at, id)`,
      `CREATE INDEX send_batch_enqueued ON send_batch (lane, enqueued_until) $only(enqueued_until > 0)`,
      `CREATE INDEX send_batch_leased ON send_batch (lane, lease_until) $only(lease_until > 0)`,
      `CREATE TABLE email_send_log (
        id $id PRIMARY KEY, run_id $id NOT NULL, batch_id $id, key_hash $id NOT NULL, occurrence $int NOT NULL,
        address_hash $id NOT NULL, address_masked $text NOT NULL, domain $id NOT NULL, payload $blob NOT NULL,
        state $id NOT NULL, delivery $id NOT NULL, delivery_rank $int DEFAULT 0 NOT NULL, attempts $int NOT NULL, calls $int NOT NULL, called_at $int, next_at $int,
        message_id $text, error_code $id, error_class $id, error_facts $text,
        settled_at $int, write_back $id NOT NULL, write_back_due $int, write_back_tries $int NOT NULL, write_back_error $id,
        UNIQUE (key_hash, run_id, occurrence))`,
      `CREATE INDEX send_by_batch ON email_send_log (batch_id)`,
      `CREATE INDEX send_by_run_state ON email_send_log (run_id, state)`,
      `CREATE INDEX send_by_message ON email_send_log (message_id) $only(message_id IS NOT NULL)`,
      `CREATE INDEX send_by_settled ON email_send_log (settled_at) $only(settled_at IS NOT NULL)`,
      `CREATE INDEX send_by_write_back ON email_send_log (run_id, write_back_due, id) $only(write_back_due IS NOT NULL)`,
      `CREATE TABLE hold (
        id $id PRIMARY KEY, scope $id NOT NULL, scope_id $id NOT NULL, reason $id NOT NULL, facts $text, author $id NOT NULL,
        created_at $int NOT NULL, until_at $int, lifted_at $int, lifted_by $id)`,
      `CREATE INDEX hold_by_scope ON hold (scope, scope_id)`,
      `CREATE TABLE sending_switch (id $id PRIMARY KEY, is_off $int NOT NULL, tried_at $int NOT NULL)`,
      `CREATE TABLE send_ruling (
        send_id $id NOT NULL, ruled_at $int NOT NULL, to_state $id NOT NULL, ruled_by $id NOT NULL, reason $text NOT NULL)`,
      `CREATE INDEX send_ruling_by_send ON send_ruling (send_id)`,
      `CREATE TABLE pace (
        id $id PRIMARY KEY, bulk_free_at $int NOT NULL, urgent_free_at $int NOT NULL, control $long NOT NULL, changes $int NOT NULL,
        accepted $int NOT NULL, throttled $int NOT NULL, taken $int NOT NULL, read_taken $int NOT NULL, read_sent $int NOT NULL)`,
      `CREATE TABLE pace_use (transport $id NOT NULL, slot $int NOT NULL, mails $int NOT NULL, PRIMARY KEY (transport, slot))`,
      `CREATE TABLE breaker (id $id PRIMARY KEY, state $long NOT NULL, changes $int NOT NULL, probe_at $int NOT NULL)`,
      `CREATE TABLE approval (
        run_id $id PRIMARY KEY, decision $id NOT NULL, automation_version $int NOT NULL, targets $int NOT NULL,
        mails $int NOT NULL, decided_by $id NOT NULL, decided_at $int NOT NULL, reason $text)`,
      `CREATE TABLE schedule_state (
        automation_id $id PRIMARY KEY, looked_at $int NOT NULL, next_at $int NOT NULL, last_start $int, last_run $id,
        waits_for $id, passed $int NOT NULL, passed_at $int, passed_why $id)`,
      `CREATE INDEX schedule_state_next ON schedule_state (next_at)`,
      `CREATE TABLE holiday (day $id PRIMARY KEY, name $text)`,
      `CREATE TABLE sent_memory (
        automation_id $id NOT NULL, key_hash $id NOT NULL, run_id $id NOT NULL, sent_at $int NOT NULL,
        PRIMARY KEY (automation_id, key_hash))`,
      `CREATE TABLE suppression (
        address_hash $id NOT NULL, scope $id NOT NULL, reason $id NOT NULL, list_id $id DEFAULT '-' NOT NULL, origin $id NOT NULL,
        masked $text DEFAULT '-' NOT NULL, address $blob, created_at $int NOT NULL, generation $int DEFAULT 0 NOT NULL,
        PRIMARY KEY (address_hash, scope, reason, list_id))`,
      `CREATE INDEX suppression_by_list ON suppression (list_id, generation)`,
      `CREATE TABLE block_list (
        id $id PRIMARY KEY, name $id NOT NULL UNIQUE, url $text NOT NULL, created_at $int NOT NULL, created_by $id NOT NULL,
        checked_at $int NOT NULL, fetched_at $int, entries $int NOT NULL, generation $int NOT NULL,
        content_hash $id, etag $text, fault $text)`,
      `CREATE TABLE alert (id $id PRIMARY KEY, raised_at $int NOT NULL, signals $int NOT NULL)`,
      `CREATE TABLE delivery_event (
        id $id PRIMARY KEY, type $id NOT NULL, subtype $id, source $id NOT NULL, message_id $id NOT NULL, attempt_id $id, send_id $id,
        recipient_hash $id, occurred_at $int NOT NULL, received_at $int NOT NULL, body $blob NOT NULL)`,
      `CREATE INDEX delivery_event_by_send ON delivery_event (send_id, received_at)`,
      `CREATE INDEX delivery_event_by_recipient ON delivery_event (recipient_hash, type, occurred_at)`,
      `CREATE INDEX delivery_event_by_time ON delivery_event (received_at, type)`,
      `CREATE TABLE known_notice (id $id PRIMARY KEY, expires_at $int NOT NULL)`,
      `CREATE INDEX known_notice_by_time ON known_notice (expires_at)`,
      `CREATE TABLE resolved_send (
        send_id $id PRIMARY KEY, automation_id $id NOT NULL, identity $id NOT NULL, sent_at $int NOT NULL,
        bounced $int NOT NULL, complained $int NOT NULL)`,
      `CREATE INDEX resolved_by_automation ON resolved_send (automation_id, sent_at, send_id, bounced, complained)`,
      `CREATE INDEX resolved_by_identity ON resolved_send (identity, sent_at, send_id, bounced, complained)`,
      `CREATE INDEX resolved_by_time ON resolved_send (sent_at, send_id, bounced, complained, automation_id, identity)`,
    ],
  },
];

/** `$id` and the like become the engine's own types; `$only(…)` keeps the other rows out of an index, where the engine can. */
export const renderDdl = (statement: string, dialect: Dialect): string =>
  statement
    .replace(/\$(id|text|long|int|blob)\b/g, (_, type: keyof Dialect['types']) => dialect.types[type])
    .replace(/\$only\((.*)\)$/, (_, condition: string) => dialect.only(condition));
