import { decodePayload, payloadPlace } from '../../shared/domain/payload.ts';
import { textOf } from '../../shared/domain/recipient-groups.ts';
import type { Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';

/** What names a recipient to whoever must mend his mail: the address stays masked all the same. */
export interface Revealed {
  readonly key: string;
  /** The file that each attachment column names. */
  readonly files: readonly { readonly column: string; readonly name: string }[];
}

/** By send id; a send whose payload retention has deleted is not among them. */
export type Revealer = (sendIds: readonly string[]) => Promise<ReadonlyMap<string, Revealed>>;

export const createRevealer = async (ports: Ports, run: Run): Promise<Revealer> => {
  const [ledger, vault, automations] = await Promise.all([
    ports.ledger(),
    ports.vault(),
    ports.automations(),
  ]);
  const cipher = await vault.open(run.id);
  const version = await automations.version(run.automationId, run.automationVersion);
  const columns = version?.spec.attachments?.columns ?? [];
  return async (sendIds) => {
    const payloads = await ledger.payloads(sendIds);
    return new Map(
      [...payloads].map(([id, payload]) => {
        const { key, row } = decodePayload(cipher.decrypt(payloadPlace(id), payload));
        const named = columns.map((column) => ({ column, name: textOf(row, column) }));
        return [id, { key, files: named.filter(({ name }) => name !== '') }];
      }),
    );
  };
};
