import { beforeEach, describe, expect, it } from 'vitest';
import { createSqlDataKeys } from '../../shared/adapters/sql/data-keys.ts';
import type { Dialect } from '../../shared/adapters/sql/dialect.ts';
import { createSqlLeases } from '../../shared/adapters/sql/leases.ts';
import { createSqlSharedSecrets } from '../../shared/adapters/sql/shared-secrets.ts';
import type { Database } from '../../shared/ports/database.ts';
import { vaultOver } from '../fixtures/keys.ts';
import type { LedgerDriver } from '../fixtures/ledger-driver.ts';
import { madeUpRuntime } from '../fixtures/made-up-runtime.ts';

const TERM_MS = 15_000;

/** What processes that share a store hold in common: who leads, and the keys. */
export const installationContract = (name: string, open: () => Promise<LedgerDriver>): void => {
  describe(`processes of one installation on ${name}`, () => {
    let driver: LedgerDriver;
    let database: Database;
    let dialect: Dialect;
    const process = (holder: string) => createSqlLeases(database, dialect, holder);
    beforeEach(async () => {
      driver = await open();
      ({ database, dialect } = driver);
      return () => driver.close();
    });

    it('have one leader, who stays it as long as he renews', async () => {
      const takes = Array.from({ length: 8 }, (_, n) => process(`p${n}`).take('scheduler', TERM_MS));
      expect((await Promise.all(takes)).filter(Boolean)).toHaveLength(1);
    });

    it('keep the leader beyond his first term, and hear from nobody else meanwhile', async () => {
      const [one, two] = [process('one'), process('two')];
      expect(await one.take('scheduler', TERM_MS)).toBe(true);
      for (let beat = 0; beat < 5; beat += 1) {
        await driver.pass(TERM_MS - 5_000);
        expect(await two.take('scheduler', TERM_MS)).toBe(false);
        expect(await one.take('scheduler', TERM_MS)).toBe(true);
      }
    });

    it('have another leader when the first one’s term is over, and not before', async () => {
      const [one, two] = [process('one'), process('two')];
      await one.take('scheduler', TERM_MS);
      await driver.pass(TERM_MS - 1);
      expect(await two.take('scheduler', TERM_MS)).toBe(false);
      await driver.pass(1);
      expect(await two.take('scheduler', TERM_MS)).toBe(true);
      expect(await one.take('scheduler', TERM_MS)).toBe(false);
    });

    it('lead in different things apart, and all end when the only host starts anew', async () => {
      expect(await process('one').take('scheduler', TERM_MS)).toBe(true);
      expect(await process('two').take('reports', TERM_MS)).toBe(true);
      await process('three').endAll();
      expect(await process('three').take('scheduler', TERM_MS)).toBe(true);
    });

    it('agree on the first of the secrets that they make at once, and it is not legible in the store', async () => {
      const { clock } = madeUpRuntime().runtime;
      const keys = createSqlDataKeys(database);
      const made = await Promise.all(
        Array.from({ length: 6 }, async (_, n) => {
          const shared = createSqlSharedSecrets({ database, vault: vaultOver(keys), clock });
          return shared.readOrMake('signing-key', () => `made by ${n}`);
        }),
      );
      expect(new Set(made).size).toBe(1);
      const rows = await database.all('SELECT * FROM shared_secret');
      expect(rows).toHaveLength(1);
      expect(Buffer.from(rows[0]?.sealed as Uint8Array).toString('latin1')).not.toContain('made by');
    });
  });
};
