import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createSqlAudit } from '../../shared/adapters/sql/audit/audit.ts';
import type { Dialect } from '../../shared/adapters/sql/dialect.ts';
import type { Audit, AuditEntry } from '../../shared/ports/audit.ts';
import type { Database } from '../../shared/ports/database.ts';
import { dataKeysInMemory, vaultOver } from '../fixtures/keys.ts';
import { madeUpRuntime } from '../fixtures/made-up-runtime.ts';
import { madeSigningKey } from '../fixtures/signing-keys.ts';

const entry = (subject: string): AuditEntry => ({
  event: 'run.started',
  outcome: 'accepted',
  actor: 'a1',
  address: '192.0.2.1',
  requestId: 'r1',
  subject,
  facts: { reason: '월말 명세서', count: 3 },
});

export const auditContract = (
  name: string,
  openStore: () => Promise<{ readonly database: Database; readonly dialect: Dialect }>,
): void => {
  const open = async () => {
    const store = await openStore();
    const folder = mkdtempSync(join(tmpdir(), 'tank-audit-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const world = madeUpRuntime();
    const vault = vaultOver(dataKeysInMemory());
    const ring = [madeSigningKey()];
    const sealing = {
      secrets: async () => ({ signingKeys: async () => ring }),
      hasher: () => vault.hasher(),
    };
    const make = (): Audit => createSqlAudit({ ...store, runtime: world.runtime, sealing, folder });
    const files = {
      entries: join(folder, 'audit', 'entries-2026-03.jsonl'),
      checkpoints: join(folder, 'audit', 'checkpoints-2026-03.jsonl'),
    };
    return { ...world, ...store, folder, files, ring, make, audit: make() };
  };
  type World = Awaited<ReturnType<typeof open>>;

  const write = async (audit: Audit, count: number): Promise<void> => {
    await Promise.all(Array.from({ length: count }, (_, n) => audit.write(entry(`s${n + 1}`))));
  };

  describe(`the audit: ${name}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await open();
    });
    const kinds = async () => {
      const { faults } = await world.audit.verify();
      return faults.map(({ sequence, kind }) => `${sequence} ${kind}`);
    };

    it('keeps entries in the order of the calls, and verifies', async () => {
      await write(world.audit, 250);
      const [last] = await world.audit.list({ limit: 1 });
      expect(last).toMatchObject({ ...entry('s250'), sequence: 250 });
      expect(await world.audit.verify()).toEqual({ from: 1, entries: 250, checkpoints: 2, faults: [] });
    });

    it('is one chain for several writers', async () => {
      const others = [world.make(), world.make()];
      await Promise.all([world.audit, ...others].map((audit) => write(audit, 60)));
      expect(await world.audit.verify()).toEqual({ from: 1, entries: 180, checkpoints: 1, faults: [] });
    });

    it.each<[string, string]>([
      ['actor', `'a2'`],
      ['event', `'run.paused'`],
      ['outcome', `'refused'`],
      ['address', `'192.0.2.2'`],
      ['subject', `'s9'`],
      ['at', 'at + 1'],
      ['facts', `'[]'`],
      ['request_id', `'r2'`],
      ['hash', `'x'`],
    ])('finds an edit of %s', async (column, value) => {
      await write(world.audit, 5);
      await world.database.run(`UPDATE audit_entry SET ${column} = ${value} WHERE seq = 3`);
      expect(await kinds()).toContain('3 edited');
    });

    it('takes nothing for a change that is written while it looks', async () => {
      await write(world.audit, 1_500);
      const others = [world.audit, world.make()].map((audit) => write(audit, 500));
      const looks = Promise.all(
        Array.from({ length: 10 }, (_, n) => world.make().verify(n % 2 === 0 ? undefined : 100)),
      );
      for (const { faults } of await looks) expect(faults).toEqual([]);
      await Promise.all(others);
      expect(await world.audit.verify()).toEqual({ from: 1, entries: 2_500, checkpoints: 25, faults: [] });
    });

    it('finds an entry that is gone', async () => {
      await write(world.audit, 5);
      await world.database.run('DELETE FROM audit_entry WHERE seq = 3');
      expect(await kinds()).toContain('3 missing');
    });

    it('finds two that changed places', async () => {
      await write(world.audit, 5);
      for (const [from, to] of [
        [2, 100],
        [3, 2],
        [100, 3],
      ])
        await world.database.run('UPDATE audit_entry SET seq = ? WHERE seq = ?', [to ?? 0, from ?? 0]);
      expect(await kinds()).toContain('2 reordered');
    });

    it('finds a cut tail, also when its head was put back', async () => {
      await write(world.audit, 5);
      await world.database.run('DELETE FROM audit_entry WHERE seq > 3');
      expect(await kinds()).toEqual(['4 tail_cut']);
      const [{ hash } = {}] = await world.database.all('SELECT hash FROM audit_entry WHERE seq = 3');
      await world.database.run('UPDATE audit_head SET seq = 3, hash = ?', [hash ?? '']);
      expect(await kinds()).toEqual(['4 tail_cut']);
    });

    it('finds a chain that was rebuilt whole, with all its hashes', async () => {
      await write(world.audit, 120);
      await world.database.run('DELETE FROM audit_entry');
      await world.database.run('DELETE FROM audit_head');
      const forger = createSqlAudit({
        database: world.database,
        dialect: world.dialect,
        runtime: world.runtime,
        sealing: {
          secrets: async () => ({ signingKeys: async () => [madeSigningKey()] }),
          hasher: async () => () => 'x',
        },
      });
      for (let n = 1; n <= 120; n += 1) await forger.write(entry(n === 7 ? 'nothing happened' : `s${n}`));
      const found = await kinds();
      expect(found).toContain('7 rebuilt');
      expect(found).toContain('100 rebuilt');
    });

    it('finds a rebuilt chain by its checkpoints alone, when the entries beside the store are gone', async () => {
      await write(world.audit, 120);
      rmSync(world.files.entries);
      await world.database.run('DELETE FROM audit_entry');
      await world.database.run('DELETE FROM audit_head');
      const forger = createSqlAudit({
        database: world.database,
        dialect: world.dialect,
        runtime: world.runtime,
        sealing: {
          secrets: async () => ({ signingKeys: async () => [madeSigningKey()] }),
          hasher: async () => () => 'x',
        },
      });
      for (let n = 1; n <= 120; n += 1) await forger.write(entry(n === 7 ? 'nothing happened' : `s${n}`));
      expect(await kinds()).toEqual(['100 rebuilt']);
    });

    it('finds a checkpoint that was forged or taken away', async () => {
      await write(world.audit, 120);
      const line = readFileSync(world.files.checkpoints, 'utf8');
      writeFileSync(world.files.checkpoints, line.replace(/"at":\d+/, '"at":1'));
      expect(await kinds()).toEqual(['100 checkpoint_forged', '100 checkpoint_missing']);
      writeFileSync(world.files.checkpoints, '');
      expect(await kinds()).toEqual(['100 checkpoint_missing']);
    });

    it('still knows its checkpoints when the signing key was rotated', async () => {
      await write(world.audit, 120);
      world.ring.splice(0, 1, madeSigningKey());
      expect(await kinds()).toEqual([]);
    });

    it('can be looked at from its end, as far back as somebody has time for', async () => {
      await write(world.audit, 250);
      await world.database.run(`UPDATE audit_entry SET actor = 'a2' WHERE seq IN (10, 230)`);
      const tail = await world.audit.verify(50);
      expect(tail).toMatchObject({ from: 201, entries: 50, faults: [{ sequence: 230, kind: 'edited' }] });
      expect((await world.audit.verify(1_000)).faults.map(({ sequence }) => sequence)).toEqual([10, 230]);
      await world.database.run(`UPDATE audit_entry SET hash = 'x' WHERE seq = 200`);
      expect((await world.audit.verify(50)).faults).toContainEqual({ sequence: 200, kind: 'rebuilt' });
      await world.database.run('DELETE FROM audit_entry WHERE seq > 220');
      expect((await world.audit.verify(50)).faults).toContainEqual({ sequence: 221, kind: 'tail_cut' });
    });

    it('is looked at also when it holds the acts of years', async () => {
      await write(world.audit, 3);
      const lines = Array.from({ length: 200_000 }, (_, n) => `{"sequence":${n + 4},"hash":"h${n}"}\n`);
      appendFileSync(world.files.entries, lines.join(''));
      expect(await kinds()).toContain('4 tail_cut');
    });

    it('refuses to write what cannot be laid down beside the store', async () => {
      await write(world.audit, 1);
      rmSync(join(world.folder, 'audit'), { recursive: true });
      writeFileSync(join(world.folder, 'audit'), 'a file where the folder was');
      await expect(world.audit.write(entry('s2'))).rejects.toMatchObject({ code: 'audit_unavailable' });
    });
  });
};
