import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type AuthWorld, openAuth } from '../fixtures/signed-in.ts';

const hashes = vi.hoisted(() => ({ now: 0, most: 0, all: 0 }));

/** The very hash, counted: how many are made at one time. */
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const scrypt = (...args: unknown[]): void => {
    const done = args.pop() as (...results: unknown[]) => void;
    hashes.now += 1;
    hashes.all += 1;
    hashes.most = Math.max(hashes.most, hashes.now);
    Reflect.apply(crypto.scrypt, undefined, [
      ...args,
      (...results: unknown[]) => {
        hashes.now -= 1;
        done(...results);
      },
    ]);
  };
  return { ...crypto, scrypt };
});

describe('5,000 sign-ins with wrong passwords at once', () => {
  let world: AuthWorld;
  beforeEach(async () => {
    world = await openAuth();
    await world.addAccount('operator', 'jimin');
    await world.addAccount('operator', 'soyeon');
    Object.assign(hashes, { now: 0, most: 0, all: 0 });
  });

  const storm = async (nameOf: (n: number) => string, from: (n: number) => string) => {
    const replies = await Promise.all(
      Array.from({ length: 5_000 }, (_, n) =>
        world.login(nameOf(n), { password: 'wrong' }, { from: from(n) }),
      ),
    );
    const of = (status: number) => replies.filter((reply) => reply.status === status).length;
    return { looked: of(401), away: of(429) };
  };

  it.each<[string, (n: number) => string, (n: number) => string]>([
    ['under as many names, from one address', (n) => `person-${n}`, () => '192.0.2.1'],
    ['at one account, from as many addresses', () => 'soyeon', (n) => `10.0.${n >> 8}.${n & 255}`],
  ])('make two hashes at a time, and no more than there is room for, %s', async (_, nameOf, from) => {
    const { looked, away } = await storm(nameOf, from);
    expect(looked + away).toBe(5_000);
    expect(hashes.most).toBe(2);
    expect(hashes.all).toBe(looked);
    expect(looked).toBeGreaterThanOrEqual(5);
    expect(looked).toBeLessThan(500);
    // Nobody else has to pay for it afterwards.
    expect((await world.login('jimin', {}, { from: '203.0.113.1' })).status).toBe(200);
  });
});
