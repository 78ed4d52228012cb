import { beforeEach, describe, expect, it } from 'vitest';
import { createRefreshListsHandler } from '../../functions/refresh-lists/handler.ts';
import { createSqlBlockLists } from '../../shared/adapters/sql/block-lists.ts';
import { sqliteDialect } from '../../shared/adapters/sql/dialects/sqlite.ts';
import { ADDRESS, addressKey } from '../../shared/domain/address-key.ts';
import { TankError } from '../../shared/domain/errors.ts';
import type { WebReply, WebRequest } from '../../shared/ports/web.ts';
import { demandFreshLists } from '../../shared/use-cases/demand-fresh-lists.ts';
import { feedbackWorld } from '../fixtures/feedback-world.ts';
import { lambdaContext } from '../fixtures/identity.ts';
import { withTurnableClock } from '../fixtures/ledger-driver.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const URL = 'https://sheets.example.com/list.csv';
const HOUR = 3_600_000;

describe('a list that others keep', () => {
  let world: ReturnType<typeof feedbackWorld>;
  let lists: ReturnType<typeof createSqlBlockLists>;
  let asked: WebRequest[];
  let answer: (request: WebRequest) => Partial<WebReply> | undefined;
  let refresh: () => Promise<void>;
  let pass: (ms: number) => Promise<void>;

  beforeEach(async () => {
    const database = await openTestStore();
    await database.run('CREATE TABLE test_clock (at INTEGER NOT NULL)');
    await database.run('INSERT INTO test_clock (at) VALUES (100000000)');
    pass = async (ms) => {
      await database.run('UPDATE test_clock SET at = at + ?', [ms]);
    };
    world = feedbackWorld(database);
    lists = createSqlBlockLists(database, withTurnableClock(sqliteDialect));
    asked = [];
    const exchange = async (request: WebRequest): Promise<WebReply> => {
      asked.push(request);
      const reply = answer(request);
      if (!reply) throw new TankError('web_failed', { host: 'sheets.example.com', reason: 'ECONNREFUSED' });
      return { status: 200, headers: { 'content-type': 'text/csv' }, body: new Uint8Array(), ...reply };
    };
    const handler = createRefreshListsHandler({
      ...world.ports,
      blockLists: async () => lists,
      publicWeb: async () => ({ exchange }),
    });
    const context = { ...lambdaContext(), getRemainingTimeInMillis: () => 300_000 };
    refresh = () => handler({} as never, context);
    await lists.add({ id: 'l1', name: 'police', url: URL, createdBy: 'os:test' });
  });

  const serves = (...addresses: readonly string[]) => {
    answer = () => ({ body: Buffer.from(addresses.join('\n')) });
  };
  const isBlocked = async (address: string) => {
    const hash = (await world.vault.hasher())(ADDRESS, addressKey(address));
    return (
      (await world.suppressions.among([hash], { organisation: 'retail', declinable: false })).get(hash) ===
      'list'
    );
  };
  const state = async () => (await lists.list())[0];
  const demand = () => demandFreshLists({ blockLists: async () => lists }, { blockLists: ['police'] });

  it('stops its addresses, for everybody', async () => {
    serves('Email', 'a@example.com', 'not an address', 'B@Example.com');
    await refresh();
    expect([await isBlocked('a@example.com'), await isBlocked('b@example.com')]).toEqual([true, true]);
    expect(await isBlocked('c@example.com')).toBe(false);
    expect(await state()).toMatchObject({ entries: 2 });
  });

  it('is looked at once an hour, and at once when somebody asks', async () => {
    serves('a@example.com');
    await refresh();
    await refresh();
    expect(asked).toHaveLength(1);
    await pass(HOUR);
    await refresh();
    expect(asked).toHaveLength(2);
    await lists.ask('l1');
    await refresh();
    expect(asked).toHaveLength(3);
  });

  it('lets go of who has left it, and keeps what a person has said', async () => {
    serves('a@example.com', 'b@example.com');
    await refresh();
    const hash = (await world.vault.hasher())(ADDRESS, 'a@example.com');
    const entry = {
      addressHash: hash,
      scope: '*',
      reason: 'manual',
      origin: 'os:x',
      masked: '-',
      createdAt: 1,
    } as const;
    await world.suppressions.add([entry]);
    await pass(HOUR);
    serves('b@example.com', 'c@example.com');
    await refresh();
    expect([await isBlocked('b@example.com'), await isBlocked('c@example.com')]).toEqual([true, true]);
    const found = await world.suppressions.among([hash], { organisation: 'retail', declinable: false });
    expect(found.get(hash)).toBe('manual');
  });

  it.each<[string, () => Partial<WebReply> | undefined]>([
    ['cannot be reached', () => undefined],
    ['answers 500', () => ({ status: 500 })],
    [
      'answers a page to sign in',
      () => ({
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: Buffer.from('<html>a@evil.example</html>'),
      }),
    ],
    ['is empty', () => ({ body: Buffer.from('email\n') })],
    ['is not UTF-8', () => ({ body: Buffer.from([0x61, 0xb0, 0xa1, 0x40]) })],
    ['sends on for ever', () => ({ status: 302, headers: { location: '/again' } })],
    ['sends on to nowhere', () => ({ status: 302, headers: {} })],
  ])('that %s leaves its last good copy in force, and people are told', async (_, failing) => {
    serves('a@example.com');
    await refresh();
    await pass(HOUR);
    answer = failing;
    await refresh();
    expect(await isBlocked('a@example.com')).toBe(true);
    expect((await state())?.fault).toBeTruthy();
    expect(world.told.map(({ subject }) => subject)).toEqual(['[Tank] warning: block_list_failed']);
    serves('b@example.com');
    await pass(HOUR);
    await refresh();
    expect((await state())?.fault).toBeUndefined();
  });

  it('follows a published sheet to where it lies, hop by hop', async () => {
    answer = ({ url }) =>
      url === URL
        ? { status: 307, headers: { location: 'https://cdn.example.com/real.csv' } }
        : { body: Buffer.from('a@example.com') };
    await refresh();
    expect(asked.map(({ url }) => url)).toEqual([URL, 'https://cdn.example.com/real.csv']);
    expect(await isBlocked('a@example.com')).toBe(true);
  });

  it('that has not changed costs nothing', async () => {
    answer = ({ headers }) =>
      headers?.['if-none-match'] === '"v1"'
        ? { status: 304 }
        : { headers: { 'content-type': 'text/csv', etag: '"v1"' }, body: Buffer.from('a@example.com') };
    await refresh();
    const first = await state();
    await pass(HOUR);
    await refresh();
    expect(await state()).toMatchObject({ entries: 1, contentHash: first?.contentHash });
    expect((await state())?.fetchedAt).toBe((first?.fetchedAt ?? 0) + HOUR);
  });

  it('that a run demands holds it until it is fresh', async () => {
    await expect(demand()).rejects.toMatchObject({ code: 'block_list_stale', disposition: 'defer' });
    serves('a@example.com');
    await refresh();
    await expect(demand()).resolves.toBeUndefined();
    answer = () => undefined;
    for (let hour = 0; hour < 25; hour += 1) {
      await pass(HOUR);
      await refresh();
    }
    await expect(demand()).rejects.toMatchObject({ code: 'block_list_stale' });
    serves('a@example.com');
    await pass(HOUR);
    await refresh();
    await expect(demand()).resolves.toBeUndefined();
  });

  it('is forgotten with all its entries', async () => {
    serves('a@example.com');
    await refresh();
    expect(await lists.remove('l1')).toBe(true);
    expect(await isBlocked('a@example.com')).toBe(false);
    expect(await lists.remove('l1')).toBe(false);
  });

  it('has a name of its own', async () => {
    expect(await lists.add({ id: 'l2', name: 'police', url: URL, createdBy: 'os:test' })).toBe(false);
  });
});
