import { beforeEach, describe, expect, it } from 'vitest';
import type { HoldScope } from '../../shared/domain/run.ts';
import { BANK_SOURCE, customers, statement } from '../fixtures/bank.ts';
import { type CampaignWorld, openCampaignWorld } from '../fixtures/campaign-world.ts';

describe('a pause of the account', () => {
  let world: CampaignWorld;
  let turned: string[];
  let reachable: boolean;
  let run: string;
  beforeEach(async () => {
    world = await openCampaignWorld('2026-03-05T12:00:00+09:00');
    world.bank.customers = customers(10);
    turned = [];
    reachable = true;
    world.setting.beyond = {
      turn: async (to) => {
        if (!reachable) throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
        turned.push(to);
      },
    };
    await world.apply('editor', BANK_SOURCE, statement({}));
  });

  const at = async (clock: string) => {
    await world.setClock(`2026-03-05T${clock}+09:00`);
    await world.settle();
  };
  const pause = async (reason = 'bounce_rate', scope: HoldScope = 'account', author = 'tank') =>
    (await world.ports.ledger()).hold({ id: `h-${scope}-${reason}`, scope, scopeId: '*', reason, author });
  const begin = async () => {
    run = String((await world.start('operator', 'statement')).json.run);
    await world.settle();
  };
  const resume = (hold: string) =>
    world.as('operator', 'POST /api/v1/runs/{id}/resume', { id: run }, { hold: `h-account-${hold}` });

  it('is told to SES when the calls of before it are over, and only once', async () => {
    await pause();
    await at('12:00:00');
    expect(turned).toEqual([]);
    await at('12:00:02');
    await at('12:10:00');
    expect(turned).toEqual(['off']);
  });

  it('is taken back in SES before the first mail leaves again', async () => {
    await pause();
    await at('12:00:02');
    await begin();
    expect(world.post.mails).toEqual([]);
    world.post.beforeEach = async () => {
      expect(turned).toEqual(['off', 'on']);
      return undefined;
    };
    await resume('bounce_rate');
    await world.settle();
    expect(world.post.mails).toHaveLength(10);
    await at('12:30:00');
    expect(turned).toEqual(['off', 'on']);
  });

  it('stays in SES as long as another one stands', async () => {
    await pause();
    await pause('complaint_rate');
    await at('12:00:02');
    await begin();
    await resume('bounce_rate');
    await at('12:05:00');
    expect(turned).toEqual(['off']);
    await resume('complaint_rate');
    expect(turned).toEqual(['off', 'on']);
  });

  it('holds here whatever SES says to it, and is told to people and again after a minute', async () => {
    reachable = false;
    await pause();
    await at('12:00:02');
    await begin();
    expect(world.post.mails).toEqual([]);
    expect(world.told).toEqual([
      { kind: 'pause_not_mirrored', about: 'off', facts: { reason: 'AccessDeniedException' } },
    ]);
    reachable = true;
    await at('12:00:50');
    expect(turned).toEqual([]);
    await at('12:01:10');
    expect(turned).toEqual(['off']);
  });

  it('can be lifted although SES does not answer, and is taken back there when it does', async () => {
    await pause();
    await at('12:00:02');
    await begin();
    reachable = false;
    await resume('bounce_rate');
    await world.settle();
    expect(world.post.mails).toHaveLength(10);
    reachable = true;
    await at('12:02:00');
    expect(turned).toEqual(['off', 'on']);
  });

  it.each<[string, HoldScope, string]>([
    ['bounce_rate', 'automation', 'tank'],
    ['bounce_rate', 'identity', 'tank'],
    ['transport_stopped', 'account', 'tank'],
    ['maintenance', 'account', 'os:operator'],
  ])('is meant, and not %s on an %s by %s', async (reason, scope, author) => {
    await pause(reason, scope, author);
    await at('12:10:00');
    expect(turned).toEqual([]);
  });

  it('is told nowhere without the permission', async () => {
    world.setting.beyond = undefined;
    await pause();
    await at('12:10:00');
    expect(world.told).toEqual([]);
    expect(await (await world.ports.feedback()).isSwitchedOff()).toBe(false);
  });
});
