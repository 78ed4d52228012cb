import { beforeEach, describe, expect, it } from 'vitest';
import { createSqlDataKeys } from '../../shared/adapters/sql/data-keys.ts';
import type { DataKeys, WrappedKey } from '../../shared/ports/keys.ts';
import { dataKeysInMemory } from '../fixtures/keys.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const wrapped = (fill: number): WrappedKey => ({
  id: 'run-1',
  masterKeyId: 'm1',
  wrapped: new Uint8Array(61).fill(fill),
  createdAt: 1_772_668_800_000,
});

describe.each<[string, () => Promise<DataKeys>]>([
  ['sql on sqlite', async () => createSqlDataKeys(await openTestStore())],
  ['in memory, for tests', async () => dataKeysInMemory()],
])('data keys: %s', (_, open) => {
  let keys: DataKeys;
  beforeEach(async () => {
    keys = await open();
  });

  it('are none at first', async () => {
    expect(await keys.count()).toBe(0);
    expect(await keys.find('run-1')).toBeUndefined();
  });

  it('come back byte for byte', async () => {
    await keys.add(wrapped(200));
    const found = await keys.find('run-1');
    expect(found).toMatchObject({ id: 'run-1', masterKeyId: 'm1', createdAt: 1_772_668_800_000 });
    expect(Buffer.from(found?.wrapped ?? [])).toEqual(Buffer.alloc(61, 200));
    expect(await keys.count()).toBe(1);
  });

  it('stay as they were first', async () => {
    await keys.add(wrapped(1));
    await keys.add(wrapped(2));
    expect((await keys.find('run-1'))?.wrapped[0]).toBe(1);
  });
});
