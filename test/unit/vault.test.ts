import { describe, expect, it } from 'vitest';
import { createRecentlyUsed } from '../../shared/adapters/vault/recently-used.ts';
import { dataKeysInMemory, masterKeysOf, vaultOver } from '../fixtures/keys.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const PLACE = 'email_send_log|payload|s1';

describe('the vault', () => {
  it('gives back what it was given, at the same place', async () => {
    const cipher = await vaultOver(dataKeysInMemory()).open('run-1');
    for (const text of ['', 'a', '박지민 고객님', 'x'.repeat(100_000)]) {
      expect(Buffer.from(cipher.decrypt(PLACE, cipher.encrypt(PLACE, bytes(text)))).toString()).toBe(text);
    }
  });

  it('writes version | 12 bytes of nonce | ciphertext | 16 bytes of tag, and never the same twice', async () => {
    const cipher = await vaultOver(dataKeysInMemory()).open('run-1');
    const sealed = Array.from({ length: 2000 }, () => cipher.encrypt(PLACE, bytes('same')));
    expect(sealed[0]?.[0]).toBe(1);
    expect(sealed[0]).toHaveLength(1 + 12 + 4 + 16);
    const nonces = sealed.map((value) => Buffer.from(value.subarray(1, 13)).toString('hex'));
    expect(new Set(nonces).size).toBe(2000);
  });

  it('does not open a value that was moved to another row, or belongs to another key', async () => {
    const vault = vaultOver(dataKeysInMemory());
    const [one, two] = [await vault.open('run-1'), await vault.open('run-2')];
    const sealed = one.encrypt(PLACE, bytes('x'));
    expect(() => one.decrypt('email_send_log|payload|s2', sealed)).toThrow();
    expect(() => two.decrypt(PLACE, sealed)).toThrow();
  });

  it('does not open a value of which any byte was changed, or that was cut', async () => {
    const cipher = await vaultOver(dataKeysInMemory()).open('run-1');
    const sealed = cipher.encrypt(PLACE, bytes('abc'));
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Uint8Array.from(sealed, (byte, at) => (at === index ? byte ^ 1 : byte));
      expect(() => cipher.decrypt(PLACE, changed)).toThrow();
      expect(() => cipher.decrypt(PLACE, sealed.subarray(0, index))).toThrow();
    }
  });

  it('does not change the value that it seals', async () => {
    const cipher = await vaultOver(dataKeysInMemory()).open('run-1');
    const plain = bytes('abc');
    cipher.encrypt(PLACE, plain);
    expect(plain).toEqual(bytes('abc'));
  });

  it('opens after a restart, from what is stored; the key itself is not stored', async () => {
    const dataKeys = dataKeysInMemory();
    const sealed = (await vaultOver(dataKeys).open('run-1')).encrypt(PLACE, bytes('x'));
    const later = await vaultOver(dataKeys).open('run-1');
    expect(Buffer.from(later.decrypt(PLACE, sealed)).toString()).toBe('x');
    expect(dataKeys.kept.get('run-1')).toMatchObject({ masterKeyId: 'm1', wrapped: expect.any(Uint8Array) });
  });

  it('works with one key when two processes make it at once', async () => {
    const dataKeys = dataKeysInMemory();
    const [a, b] = await Promise.all([vaultOver(dataKeys).open('run-1'), vaultOver(dataKeys).open('run-1')]);
    expect(Buffer.from(b.decrypt(PLACE, a.encrypt(PLACE, bytes('x')))).toString()).toBe('x');
    expect(dataKeys.kept.size).toBe(1);
  });

  it('says in plain words that the master key is lost', async () => {
    const dataKeys = dataKeysInMemory();
    await vaultOver(dataKeys).open('run-1');
    const other = vaultOver(dataKeys, masterKeysOf('m2', 2));
    await expect(other.open('run-1')).rejects.toMatchObject({
      code: 'master_key_lost',
      facts: { key: 'm1' },
    });
  });

  it('notices another key under the same name', async () => {
    const dataKeys = dataKeysInMemory();
    await vaultOver(dataKeys).open('run-1');
    await expect(vaultOver(dataKeys, masterKeysOf('m1', 9)).open('run-1')).rejects.toThrow();
  });

  it('refuses a wrapped key that was exchanged for the one of another run', async () => {
    const dataKeys = dataKeysInMemory();
    const vault = vaultOver(dataKeys);
    await Promise.all([vault.open('run-1'), vault.open('run-2')]);
    const [first, second] = [dataKeys.kept.get('run-1'), dataKeys.kept.get('run-2')];
    if (!first || !second) throw new Error('no keys');
    dataKeys.kept.set('run-1', { ...first, wrapped: second.wrapped });
    await expect(vaultOver(dataKeys).open('run-1')).rejects.toThrow();
  });
});

describe('the hash that joins records', () => {
  it('is 24 characters, the same for ever, another for another purpose or value', async () => {
    const dataKeys = dataKeysInMemory();
    const hash = await vaultOver(dataKeys).hasher();
    expect(hash('address', 'a@example.com')).toMatch(/^[A-Za-z0-9_-]{24}$/);
    const later = await vaultOver(dataKeys).hasher();
    expect(later('address', 'a@example.com')).toBe(hash('address', 'a@example.com'));
    expect(hash('recipient-key', 'a@example.com')).not.toBe(hash('address', 'a@example.com'));
    expect(hash('address', 'b@example.com')).not.toBe(hash('address', 'a@example.com'));
    expect(hash('a', 'bc')).not.toBe(hash('ab', 'c'));
  });

  it('is another in another installation', async () => {
    const [one, two] = await Promise.all([
      vaultOver(dataKeysInMemory()).hasher(),
      vaultOver(dataKeysInMemory()).hasher(),
    ]);
    expect(one('address', 'a@example.com')).not.toBe(two('address', 'a@example.com'));
  });
});

describe('what was used recently', () => {
  it('is kept up to a number, the oldest leaving first, and failures never', async () => {
    const loads: string[] = [];
    const get = createRecentlyUsed(2, async (id) => {
      loads.push(id);
      if (id === 'bad') throw new Error('no');
      return id;
    });
    await Promise.all([get('a'), get('a')]);
    await get('b');
    await get('a');
    await get('c');
    await get('a');
    await get('b');
    expect(loads).toEqual(['a', 'b', 'c', 'b']);
    await expect(get('bad')).rejects.toThrow();
    await expect(get('bad')).rejects.toThrow();
    expect(loads.filter((id) => id === 'bad')).toHaveLength(2);
  });
});
