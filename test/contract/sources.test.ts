import { link, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSources } from '../../shared/adapters/sources/sources.ts';
import type { SourceSpec } from '../../shared/domain/automation.ts';
import type { Sources } from '../../shared/ports/source.ts';
import { openInlineSqlite } from '../fixtures/inline-sqlite.ts';

describe('the sources', () => {
  let folder: string;
  let sources: Sources;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tank-sources-'));
    const database = await openInlineSqlite(join(folder, 'customers.db'), { readOnly: false });
    await database.run('CREATE TABLE C (ID TEXT)');
    await database.close();
    await writeFile(join(folder, 'customers.csv'), 'ID;NAME\n1;a\n');
    await writeFile(join(folder, 'tank.db'), '');
    sources = createSources({
      baseFolder: folder,
      stageFolder: folder,
      ownFiles: [join(folder, 'tank.db')],
      openSqlite: openInlineSqlite,
      connections: 1,
      credentials: async () => undefined,
    });
  });
  afterEach(async () => {
    await sources.close();
    await rm(folder, { recursive: true });
  });
  const sqlite: SourceSpec = { name: 'core-db', kind: 'sqlite', url: './customers.db' };

  it('open a file relative to the base folder, by its kind', async () => {
    expect(await (await sources.open(sqlite)).describe('SELECT * FROM C')).toEqual(['ID']);
    const csv = await sources.open({ name: 'list', kind: 'csv', url: 'customers.csv', delimiter: ';' });
    expect(await csv.describe('SELECT * FROM DATA')).toEqual(['ID', 'NAME']);
  });

  it('open one source once, and anew when its definition changes', async () => {
    const first = await sources.open(sqlite);
    expect(await sources.open({ ...sqlite })).toBe(first);
    expect(await sources.open({ ...sqlite, url: 'customers.db' })).not.toBe(first);
  });

  it('never open a file of Tank itself, under whatever name', async () => {
    await link(join(folder, 'tank.db'), join(folder, 'other-name.db'));
    for (const url of ['tank.db', './x/../tank.db', 'other-name.db']) {
      await expect(sources.open({ ...sqlite, url })).rejects.toMatchObject({ code: 'invalid_definition' });
    }
  });

  it.each<SourceSpec>([
    { name: 'a', kind: 'postgres', url: 'postgres://localhost/' },
    { name: 'b', kind: 'oracle', url: 'localhost' },
    { name: 'c', kind: 'csv', url: 'customers.csv', encoding: 'latin1' },
  ])('refuse the address of a source of kind $kind that cannot be understood', async (spec) => {
    await expect(sources.open(spec)).rejects.toMatchObject({ code: 'invalid_definition' });
  });
});
