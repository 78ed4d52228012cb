import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedSecrets } from '../../shared/adapters/secrets/env.ts';

describe('secrets on a machine of one’s own', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tank-secrets-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const open = (options: { masterKey?: string; encrypted?: boolean } = {}) =>
    createEmbeddedSecrets({
      dataDir,
      isAnythingEncrypted: async () => options.encrypted ?? false,
      ...(options.masterKey !== undefined && { masterKey: options.masterKey }),
    });
  const modeOf = (...path: string[]) => statSync(join(dataDir, ...path)).mode & 0o777;
  const key = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64');

  describe('the master key', () => {
    it('is made on the first start, 0600 in a folder 0700, and is the same afterwards', async () => {
      const first = await open().masterKeys();
      expect(first.keys.get(first.current)).toHaveLength(32);
      expect(modeOf('keys', 'master.key')).toBe(0o600);
      expect(modeOf('keys')).toBe(0o700);
      expect(await open({ encrypted: true }).masterKeys()).toEqual(first);
      expect(readdirSync(join(dataDir, 'keys'))).toEqual(['master.key']);
    });

    it('is one, when several processes start at once', async () => {
      const made = await Promise.all(Array.from({ length: 20 }, () => open().masterKeys()));
      expect(new Set(made.map(({ current }) => current)).size).toBe(1);
      expect(readdirSync(join(dataDir, 'keys'))).toEqual(['master.key']);
    });

    it('is not made again when something is encrypted already: it is lost, and said so', async () => {
      await expect(open({ encrypted: true }).masterKeys()).rejects.toMatchObject({ code: 'master_key_lost' });
      expect(readdirSync(dataDir)).toEqual([]);
    });

    it('comes from the setting when there is one, and then no file is made', async () => {
      const { current, keys } = await open({ masterKey: key(32) }).masterKeys();
      expect(Buffer.from(keys.get(current) ?? []).toString('base64')).toBe(key(32));
      expect(readdirSync(dataDir)).toEqual([]);
    });

    it('has an id that tells one key from another and nothing of the key', async () => {
      const one = await open({ masterKey: key(32) }).masterKeys();
      const two = await open({ masterKey: Buffer.alloc(32, 8).toString('base64') }).masterKeys();
      expect(one.current).not.toBe(two.current);
      expect(one.current).toMatch(/^[0-9a-f]{16}$/);
    });

    it('is refused when others may read it, or when it is damaged', async () => {
      await open().masterKeys();
      chmodSync(join(dataDir, 'keys', 'master.key'), 0o640);
      await expect(open().masterKeys()).rejects.toMatchObject({
        code: 'secret_refused',
        facts: { name: 'master.key' },
      });
      chmodSync(join(dataDir, 'keys', 'master.key'), 0o600);
      writeFileSync(join(dataDir, 'keys', 'master.key'), key(31));
      await expect(open().masterKeys()).rejects.toMatchObject({ code: 'secret_refused' });
    });
  });

  describe('the signing key', () => {
    it('is made on the first start, 0600, and keeps its name', async () => {
      const [first] = await open().signingKeys();
      const [again] = await open().signingKeys();
      expect(again).toEqual(first);
      expect(first?.kid).toMatch(/^[\w-]{16}$/);
      expect(first?.publicPem).toContain('PUBLIC KEY');
      expect(modeOf('keys', 'signing.pem')).toBe(0o600);
    });

    it('is refused when it is no Ed25519 key, without quoting it', async () => {
      mkdirSync(join(dataDir, 'keys'));
      writeFileSync(join(dataDir, 'keys', 'signing.pem'), 'not-a-key-but-secret', { mode: 0o600 });
      const failure = await open()
        .signingKeys()
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'secret_refused' });
      expect(String(failure)).not.toContain('secret-');
    });
  });

  describe('credentials', () => {
    const put = (name: string, content: string, mode = 0o600) => {
      mkdirSync(join(dataDir, 'secrets'), { recursive: true });
      writeFileSync(join(dataDir, 'secrets', `${name}.json`), content, { mode });
      chmodSync(join(dataDir, 'secrets', `${name}.json`), mode);
    };

    it('are read from a file of that name, each time anew', async () => {
      const secrets = open();
      expect(await secrets.credentials('core-db')).toBeUndefined();
      put('core-db', '{"user":"tank","password":"p1"}');
      expect(await secrets.credentials('core-db')).toEqual({ user: 'tank', password: 'p1' });
      put('core-db', '{"user":"tank","password":"p2"}');
      expect(await secrets.credentials('core-db')).toEqual({ user: 'tank', password: 'p2' });
    });

    it.each(['../keys/master', 'a/b', '', '.', '..', 'a.b', '-x', 'x'.repeat(65), 'a\u0000b', '한글'])(
      'have no such name: %j',
      async (name) => {
        await expect(open().credentials(name)).rejects.toMatchObject({ code: 'secret_refused' });
      },
    );

    it.each([
      '',
      'null',
      '[]',
      '{"user":"a"}',
      '{"user":"a","password":7}',
      '{"user":"a","password":"very-secret"',
    ])('are refused in the form %j, without quoting them', async (content) => {
      put('core-db', content);
      const failure = await open()
        .credentials('core-db')
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'secret_refused' });
      expect(JSON.stringify(failure) + String(failure)).not.toContain('very-secret');
    });

    it('are refused when others may read them', async () => {
      put('core-db', '{"user":"tank","password":"p1"}', 0o644);
      await expect(open().credentials('core-db')).rejects.toMatchObject({ code: 'secret_refused' });
    });
  });
});
