import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openTransport } from '../../shared/app/transports.ts';
import { loadSettings } from '../../shared/config/load.ts';
import { madeUpRuntime } from '../fixtures/made-up-runtime.ts';

const folder = mkdtempSync(join(tmpdir(), 'tank-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const key = join(folder, 'dkim.pem');
writeFileSync(key, '-----BEGIN PRIVATE KEY-----\n');

const BASE = { TANK_TRANSPORT: 'smtp', TANK_SMTP_URL: 'smtp://relay.example.com' };
const DKIM = { TANK_DKIM_DOMAIN: 'example.com', TANK_DKIM_SELECTOR: 's1', TANK_DKIM_KEY_FILE: key };

const load = (environment: Record<string, string>) => loadSettings({ ...BASE, ...environment });
const open = async (environment: Record<string, string>) => {
  const loaded = load(environment);
  if (!loaded.ok) throw new Error('the settings have faults');
  const transport = await openTransport('smtp', loaded.settings, madeUpRuntime().runtime);
  await transport.close();
  return transport.evidence;
};

describe('the settings of the transport smtp', () => {
  it('open it with certificates, connections and DKIM', async () => {
    const ca = { TANK_SMTP_CA_FILE: key, TANK_SMTP_CONNECTIONS: '9' };
    expect(await open({ ...DKIM, ...ca })).toBe('none');
  });

  it('name every part of DKIM that is missing', () => {
    const loaded = load({ TANK_DKIM_DOMAIN: 'example.com' });
    expect(loaded.ok ? [] : loaded.faults.map((fault) => fault.key)).toEqual([
      'TANK_DKIM_SELECTOR',
      'TANK_DKIM_KEY_FILE',
    ]);
  });

  it('allow mail without TLS to this machine only', async () => {
    const plain = { TANK_SMTP_PLAIN: 'loopback' };
    expect(await open({ ...plain, TANK_SMTP_URL: 'smtp://127.0.0.1:2525' })).toBe('none');
    await expect(open(plain)).rejects.toThrow('this machine only');
    expect(load({ TANK_SMTP_PLAIN: 'always' }).ok).toBe(false);
  });

  it('say which file cannot be read', async () => {
    await expect(open({ TANK_SMTP_CA_FILE: join(folder, 'none.pem') })).rejects.toThrow('TANK_SMTP_CA_FILE');
  });
});
