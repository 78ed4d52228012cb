import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createScryptPasswords } from '../../shared/adapters/identity/scrypt-passwords.ts';
import { createTurnstile } from '../../shared/adapters/identity/turnstile.ts';
import { passwordFault } from '../../shared/domain/password-rule.ts';

const cheap = () => createScryptPasswords({ log2N: 10, r: 8, p: 1 });

describe('a password hash', () => {
  it('is scrypt with N=2^17, r=8, p=1 as a PHC string', async () => {
    const passwords = createScryptPasswords();
    const hash = await passwords.hash('maple river under nine lanterns');
    expect(hash).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await passwords.matches('maple river under nine lanterns', hash)).toBe(true);
    expect(await passwords.matches('maple river under nine lantern', hash)).toBe(false);
  });

  it('is another one each time', async () => {
    const passwords = cheap();
    expect(await passwords.hash('x')).not.toBe(await passwords.hash('x'));
  });

  it('does not depend on how a keyboard composes 가', async () => {
    const passwords = cheap();
    const hash = await passwords.hash('가나다라'.normalize('NFD'));
    expect(await passwords.matches('가나다라'.normalize('NFC'), hash)).toBe(true);
  });

  it('keeps matching when the cost is raised later', async () => {
    const hash = await createScryptPasswords({ log2N: 9, r: 8, p: 1 }).hash('x');
    expect(await cheap().matches('x', hash)).toBe(true);
  });

  it('never matches where there is no account', async () => {
    expect(await cheap().matches('x', undefined)).toBe(false);
  });

  it('is computed even where there is no account (a cost that scrypt refuses shows it)', async () => {
    const broken = createScryptPasswords({ log2N: 0, r: 8, p: 1 });
    await expect(broken.matches('x', undefined)).rejects.toThrow();
  });

  it('of 50 at once runs two at a time, lets 16 wait and sends the rest away', async () => {
    const passwords = cheap();
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => passwords.hash('x')));
    const refused = results.filter((result) => result.status === 'rejected').map((result) => result.reason);
    expect(refused).toHaveLength(50 - 2 - 16);
    expect(new Set(refused.map((error) => error.code))).toEqual(new Set(['too_many_requests']));
    await expect(passwords.hash('x')).resolves.toContain('$scrypt$');
  });

  it('is given away free again when a hash fails', async () => {
    const broken = createScryptPasswords({ log2N: 0, r: 8, p: 1 });
    for (let attempt = 0; attempt < 5; attempt += 1)
      await expect(broken.hash('x')).rejects.toThrow(/scrypt|Invalid/);
  });
});

describe('the turnstile', () => {
  it('never has more than two inside', async () => {
    const turnstile = createTurnstile(2, 100);
    let inside = 0;
    let most = 0;
    const work = async () => {
      await turnstile.enter();
      inside += 1;
      most = Math.max(most, inside);
      await wait(1);
      inside -= 1;
      turnstile.leave();
    };
    await Promise.all(Array.from({ length: 50 }, work));
    expect(most).toBe(2);
  });
});

describe('a one-time password', () => {
  it('has 20 legible characters, and never the same', () => {
    const made = new Set(Array.from({ length: 100 }, () => cheap().generate()));
    expect(made.size).toBe(100);
    for (const password of made) expect(password).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/);
  });
});

describe('the rule for passwords that people choose', () => {
  it.each([
    'maple river under nine lanterns',
    'kT9#vLq2!mZx8Rw',
    '봄비가 내리는 골목 끝의 서점',
    'my cat Tofu eats noodles',
    'xxxabcdefghijkLMNOP42',
  ])('takes %j', (password) => {
    expect(passwordFault(password, 'jimin')).toBeUndefined();
  });

  it.each([
    ['too_short', 'kT9#vLq2!mZx8R'],
    ['too_long', 'maple river '.repeat(20)],
    ['too_uniform', 'aaaaaaaaaaaaaaaa'],
    ['too_uniform', '1212121212121212'],
    ['too_common', 'Password123456789'],
    ['too_common', 'qwertyuiopasdfghjkl'],
    ['too_common', '1234567890123456!'],
    ['too_common', 'P@ssw0rdP@ssw0rd2026'],
    ['too_common', 'dkssudgktpdy1234567'],
    ['contains_name', 'minsookim-2026-x'],
  ])('refuses as %s: %j', (fault, password) => {
    expect(passwordFault(password, 'minsookim')).toBe(fault);
  });

  it('counts characters, not bytes: a Korean letter is one', () => {
    expect(passwordFault('가나다라마바사아자차카타파하', 'a')).toBe('too_short');
    expect(passwordFault('가나다라마바사아자차카타파하거', 'a')).toBeUndefined();
  });

  it.each(['a', 'abc', 'as', '1q2w3e4r', 'the', 'asdf', '1'])(
    'comes to an end for endless %j (a rule that backtracks would run into the time-out)',
    (hard) => {
      expect(passwordFault(`${hard.repeat(200).slice(0, 190)}bcdeé`, 'a')).toBeUndefined();
    },
  );
});
