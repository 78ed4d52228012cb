import type { Database } from '../../ports/database.ts';
import type { Vault } from '../../ports/keys.ts';
import type { Clock } from '../../ports/runtime.ts';
import { insertNew } from './insert-new.ts';
import { bytes } from './ledger/context.ts';

/** What the first process of an installation makes and all others use, sealed under the master key that they share. */
export interface SharedSecrets {
  readOrMake(id: string, make: () => string): Promise<string>;
}

interface Dependencies {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}

const DATA_KEY = 'shared-secret';

export const createSqlSharedSecrets = ({ database, vault, clock }: Dependencies): SharedSecrets => {
  const read = async (id: string): Promise<string | undefined> => {
    const [row] = await database.all('SELECT sealed FROM shared_secret WHERE id = ?', [id]);
    return (
      row && Buffer.from((await vault.open(DATA_KEY)).decrypt(placeOf(id), bytes(row.sealed))).toString()
    );
  };
  return {
    /** Read again after it was made: another process may have been first. */
    readOrMake: async (id, make) => {
      const known = await read(id);
      if (known !== undefined) return known;
      const sealed = (await vault.open(DATA_KEY)).encrypt(placeOf(id), Buffer.from(make()));
      await insertNew(database, 'shared_secret', ['id', 'sealed', 'created_at'], [[id, sealed, clock.now()]]);
      const kept = await read(id);
      if (kept === undefined) throw new Error(`the shared secret ${id} was not kept`);
      return kept;
    },
  };
};

const placeOf = (id: string): string => `shared_secret|sealed|${id}`;
