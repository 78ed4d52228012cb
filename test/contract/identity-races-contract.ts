import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../shared/adapters/sql/dialect.ts';
import type { Database } from '../../shared/ports/database.ts';
import { openAuth } from '../fixtures/signed-in.ts';

/** What must come out right when many ask for the same at the same moment, whatever the store. */
export const identityRacesContract = (
  name: string,
  openStore: () => Promise<{ readonly database: Database; readonly dialect: Dialect }>,
): void => {
  const open = async () => {
    const world = await openAuth(await openStore());
    await world.addAccount('owner', 'boss');
    return world;
  };
  const many = <T>(count: number, work: (n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, n) => work(n)));

  describe(`at the same moment: ${name}`, () => {
    it('of a hundred refreshes of one token one wins, and the reuse ends its family, whoever was first', async () => {
      const world = await open();
      const { refreshToken, token } = await world.program('boss');
      const replies = await many(100, () => world.call('refresh', { body: { refreshToken } }));
      const won = replies.filter(({ status }) => status === 200);
      expect(won.length).toBeLessThanOrEqual(1);
      expect(replies.filter(({ status }) => status === 401)).toHaveLength(100 - won.length);
      const events = (await world.audit.list({ limit: 200 })).map(({ event }) => event);
      expect(events.filter((event) => event === 'token.refreshed').length).toBeLessThanOrEqual(1);
      expect(events.filter((event) => event === 'token.reused')).toHaveLength(1);
      for (const one of [token, ...won.map(({ json }) => String(json.accessToken))])
        expect((await world.call('me', { token: one })).status).toBe(401);
      for (const { json } of won)
        expect((await world.call('refresh', { body: { refreshToken: json.refreshToken } })).status).toBe(401);
    });

    it('of twelve sign-ins five sessions stay', async () => {
      const world = await open();
      const signedIn = await many(12, () => world.program('boss'));
      const alive = await many(
        12,
        async (n) => (await world.call('me', { token: signedIn[n]?.token ?? '' })).status,
      );
      expect(alive.filter((status) => status === 200)).toHaveLength(5);
    });

    it('of ten who take up one invitation one gets the account', async () => {
      const world = await open();
      const { token } = await world.program('boss');
      const { json } = await world.call('invite', { token, body: { name: 'jimin', role: 'viewer' } });
      const body = { secret: json.secret, password: 'seven green tugboats at noon' };
      const replies = await many(10, () => world.call('acceptInvitation', { body }));
      expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    });

    it('of ten password changes one wins', async () => {
      const world = await open();
      const signedIn = await many(5, () => world.program('boss'));
      const replies = await many(5, (n) =>
        world.call('changePassword', {
          token: signedIn[n]?.token ?? '',
          body: {
            currentPassword: 'maple river under nine lanterns',
            newPassword: `seven green tugboats ${n}`,
          },
        }),
      );
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it.each([1, 2, 3, 4])('of two owners who remove or demote each other one stays (%i)', async (round) => {
      const world = await open();
      const { id } = await world.addAccount('owner', 'other');
      const [first, second] = [await world.program('boss'), await world.program('other')];
      const boss = (await world.accounts.byName('boss'))?.id ?? '';
      const oust = (token: string, whom: string) =>
        round % 2 === 0
          ? world.call('removeUser', { token, params: { id: whom } })
          : world.call('changeUser', { token, params: { id: whom }, body: { role: 'viewer' } });
      await Promise.all([oust(first.token, id), oust(second.token, boss)]);
      expect((await world.accounts.list()).filter(({ role }) => role === 'owner')).toHaveLength(1);
    });
  });
};
