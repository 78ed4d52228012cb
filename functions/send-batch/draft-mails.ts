import type { MappingSpec } from '../../shared/domain/automation.ts';
import { TankError } from '../../shared/domain/errors.ts';
import { decodePayload, payloadPlace, type SendPayload } from '../../shared/domain/payload.ts';
import type { Row } from '../../shared/domain/row.ts';
import type { ClaimedBatch, Refusal } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { RunKit } from './run-kit.ts';

/** One mail with everything that the source knows about its recipient, not rendered yet. */
export interface Draft {
  readonly sendId: string;
  readonly call: number;
  readonly attempts: number;
  readonly payload: SendPayload;
  /** Rows of each mapping, by its name. */
  readonly mapped: Readonly<Record<string, readonly Row[]>>;
}

/** Runs each mapping query once for the whole batch and refuses a SIMPLE mapping with no row or several. */
export const draftMails = async (ports: Ports, kit: RunKit, batch: ClaimedBatch): Promise<Draft[]> => {
  const due = batch.sends.filter((send) => send.state !== 'in_doubt');
  const payloads = due.map((send) => decodePayload(kit.cipher.decrypt(payloadPlace(send.id), send.payload)));
  const mapped = await mapAll(
    kit,
    payloads.map((payload) => payload.row),
  );
  const refusals: Refusal[] = [];
  const drafts = due.flatMap((send, index): Draft[] => {
    const rows = Object.fromEntries(kit.spec.mappings.map(({ name }, m) => [name, mapped[m]?.[index] ?? []]));
    const fault = mappingFault(kit.spec.mappings, rows);
    if (fault)
      refusals.push({
        sendId: send.id,
        to: 'failed',
        fault: { code: fault.code, class: fault.class, facts: fault.facts },
      });
    return fault
      ? []
      : [
          {
            sendId: send.id,
            call: send.calls + 1,
            attempts: send.attempts,
            payload: payloads[index] as SendPayload,
            mapped: rows,
          },
        ];
  });
  await (await ports.ledger()).refuse(batch.id, batch.fence, refusals);
  return drafts;
};

const mapAll = async (
  kit: RunKit,
  rows: readonly Row[],
): Promise<readonly (readonly (readonly Row[])[])[]> => {
  if (rows.length === 0) return [];
  const { mappings, recipients } = kit.spec;
  return Promise.all(
    mappings.map(({ name, query }) => kit.source.map({ name, sql: query }, rows, recipients.key)),
  );
};

const mappingFault = (
  mappings: readonly MappingSpec[],
  rows: Readonly<Record<string, readonly Row[]>>,
): TankError | undefined => {
  for (const { name, type } of mappings) {
    const found = rows[name]?.length ?? 0;
    if (type === 'simple' && found === 0) return new TankError('mapping_row_missing', { mapping: name });
    if (type !== 'list' && found > 1) return new TankError('mapping_row_ambiguous', { mapping: name });
  }
  return undefined;
};
