import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { readCrl } from '../../local/certs/authority.ts';
import { ensureBuilt } from '../../local/setup/build.mjs';
import { type Bundle, gatewayClient, layOutGateway } from '../support/gateway.ts';
import { json, type Machine, newMachine, scrapMachines, startTank, tank } from '../support/tank.ts';

beforeAll(() => ensureBuilt(), 60_000);
afterEach(scrapMachines);

const LONG = 120_000;
const DAY_MS = 86_400_000;
const MESSAGE = { from: 'billing@example.com', to: 'kim@example.com', subject: 'Hi', text: 'Hello' };

const certs = (machine: Machine, ...args: readonly string[]) =>
  tank(machine, ['certs', ...args, '--passphrase-file', join(machine.folder, 'passphrase'), '--json']);
const file = (machine: Machine, name: string): string => join(machine.dataDir, 'certs', name);
const read = (path: string): X509Certificate => new X509Certificate(readFileSync(path));
const daysUntil = (time: Date | string): number =>
  Math.round((new Date(time).getTime() - Date.now()) / DAY_MS);
const listed = async (machine: Machine) =>
  json<{ items: { serial: string; kind: string; subject: string; revokedAt?: string }[] }>(
    await tank(machine, ['certs', 'list', '--json']),
  ).items;

/** The status of one message over a connection of its own; undefined: the handshake was refused. */
const send = async (bundle: Bundle): Promise<number | undefined> => {
  const client = gatewayClient(bundle, 1);
  try {
    return (await client.post(MESSAGE)).status;
  } catch {
    return undefined;
  } finally {
    client.close();
  }
};

test(
  'an authority signs leaves of 90 days and none beneath it, and keys are their owner’s alone',
  async () => {
    const machine = await newMachine();
    const bundle = await layOutGateway(machine);
    const ca = read(file(machine, 'ca.crt'));
    expect([ca.ca, ca.publicKey.asymmetricKeyDetails?.namedCurve]).toEqual([true, 'secp384r1']);
    expect(daysUntil(ca.validTo)).toBe(3650);
    const key = readFileSync(file(machine, 'ca.key'), 'utf8');
    expect(() => createPrivateKey(key)).toThrow();
    for (const [path, purpose, name] of [
      [file(machine, 'server.crt'), '1.3.6.1.5.5.7.3.1', 'DNS:localhost, IP Address:127.0.0.1'],
      [bundle.cert, '1.3.6.1.5.5.7.3.2', 'URI:urn:tank:client:billing'],
    ] as const) {
      const leaf = read(path);
      expect([leaf.keyUsage, leaf.subjectAltName, leaf.ca]).toEqual([[purpose], name, false]);
      expect([leaf.verify(ca.publicKey), daysUntil(leaf.validTo)]).toEqual([true, 90]);
    }
    for (const path of [bundle.key, file(machine, 'ca.key'), file(machine, 'server.key')])
      expect(statSync(path).mode & 0o777).toBe(0o600);

    const again = await certs(machine, 'init-ca');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is there already')]);
    expect(readFileSync(file(machine, 'ca.key'), 'utf8')).toBe(key);
    const wrong = await tank(machine, ['certs', 'crl', '--passphrase-file', bundle.cert]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('does not open the key')]);
  },
  LONG,
);

test(
  'nothing outlives its authority, and nothing is left of a certificate for nobody',
  async () => {
    const machine = await newMachine();
    const bundle = await layOutGateway(machine);
    const { validTo } = read(file(machine, 'ca.crt'));
    expect((await certs(machine, 'server', '--days', '999999999')).code).toBe(0);
    expect((await certs(machine, 'renew', 'billing', '--days', '40000', '--out', bundle.folder)).code).toBe(
      0,
    );
    expect((await certs(machine, 'crl', '--crl-days', '999999999')).code).toBe(0);
    expect([read(file(machine, 'server.crt')).validTo, read(bundle.cert).validTo]).toEqual([
      validTo,
      validTo,
    ]);
    expect(readCrl(readFileSync(file(machine, 'crl.pem'), 'utf8')).nextUpdate).toEqual(new Date(validTo));
    const before = await listed(machine);
    const ghost = join(machine.folder, 'ghost');
    const { code, stderr } = await certs(machine, 'client', 'ghost', '--out', ghost);
    expect([code, stderr]).toEqual([2, expect.stringContaining('not_found')]);
    expect(existsSync(ghost)).toBe(false);
    expect(await listed(machine)).toEqual(before);
  },
  LONG,
);

test(
  'a renewed certificate goes on when the old one is revoked, beside a running gateway and within a minute',
  async () => {
    const machine = await newMachine();
    const bundle = await layOutGateway(machine);
    const daemon = await startTank(machine, ['serve']);
    const folder = join(machine.folder, 'renewed');
    const renewal = await certs(machine, 'renew', 'billing', '--out', folder);
    expect(renewal.stderr).toBe('');
    expect(readdirSync(folder).sort()).toEqual(['billing.crt', 'billing.key', 'send.sh', 'tank-ca.crt']);
    const renewed = { ...bundle, cert: join(folder, 'billing.crt'), key: join(folder, 'billing.key') };
    expect([await send(bundle), await send(renewed)]).toEqual([202, 202]);

    const serial = read(bundle.cert).serialNumber;
    const colons = serial.replace(/..(?!$)/g, '$&:');
    const since = Date.now();
    expect((await certs(machine, 'revoke', colons, '--reason', 'the key was lost')).code).toBe(0);
    await expect.poll(() => send(bundle), { timeout: 60_000 }).toBeUndefined();
    expect(Date.now() - since).toBeLessThan(60_000);
    // The first may have been cut off in the middle; whoever knocks again is refused.
    expect([await send(bundle), await send(renewed)]).toEqual([undefined, 202]);
    const audit = ['audit', 'list', '--event', 'certificate.refused', '--json'];
    const recorded = async () => json<{ items: { facts: object }[] }>(await tank(machine, audit)).items;
    await expect
      .poll(async () => (await recorded()).map(({ facts }) => facts), { timeout: 10_000 })
      .toContainEqual({ reason: 'CERT_REVOKED' });
    expect((await listed(machine)).find((one) => one.serial === serial.toLowerCase())).toMatchObject({
      revokedAt: expect.any(String),
    });

    const list = () => readCrl(readFileSync(file(machine, 'crl.pem'), 'utf8'));
    expect(daysUntil(list().nextUpdate ?? '')).toBe(30);
    expect((await certs(machine, 'crl', '--crl-days', '60')).code).toBe(0);
    expect([daysUntil(list().nextUpdate ?? ''), list().serials]).toEqual([60, [serial.toLowerCase()]]);
    await daemon.stop();
  },
  LONG,
);

test(
  'tank doctor names what keeps clients out, now or soon',
  async () => {
    const machine = await newMachine();
    const doctor = async () => {
      const { code, stdout } = await tank(machine, ['doctor']);
      return { code, faults: stdout.split('\n').filter((line) => line.startsWith('gateway: ')) };
    };
    expect(await doctor()).toEqual({ code: 0, faults: [] });
    const bundle = await layOutGateway(machine);
    expect(await doctor()).toEqual({ code: 0, faults: ['gateway: all is well'] });

    await certs(machine, 'crl', '--crl-days', '6');
    await certs(machine, 'server', '--days', '13');
    const soon = await doctor();
    expect([soon.code, soon.faults]).toEqual([
      1,
      [
        expect.stringContaining(`${file(machine, 'crl.pem')} ends on 20`),
        expect.stringContaining(`${file(machine, 'server.crt')} ends on 20`),
      ],
    ]);
    await certs(machine, 'crl');
    await certs(machine, 'server');

    await certs(machine, 'renew', 'billing', '--days', '13', '--out', join(machine.folder, 'short'));
    expect((await doctor()).faults).toEqual(['gateway: all is well']);
    await certs(machine, 'revoke', read(bundle.cert).serialNumber, '--reason', 'the key was lost');
    expect((await doctor()).faults).toEqual([
      expect.stringMatching(/^gateway: the last certificate of billing ends on 20/),
    ]);
    writeFileSync(file(machine, 'server.key'), readFileSync(bundle.key));
    expect((await doctor()).faults[0]).toContain('are no pair that TLS takes');
    rmSync(file(machine, 'crl.pem'));
    expect((await doctor()).faults[0]).toContain('nobody is let in');
  },
  LONG,
);

test(
  'the certificate of a client that was removed is revoked all the same, and stays so when the client is back',
  async () => {
    const machine = await newMachine();
    const bundle = await layOutGateway(machine);
    const add = ['--organisation', 'retail', '--sender', 'billing@example.com', '--recipient', '*'];
    await tank(machine, ['clients', 'remove', 'billing']);
    const { serialNumber } = read(bundle.cert);
    const revoked = await certs(machine, 'revoke', serialNumber, '--reason', 'the system is gone');
    expect([revoked.code, revoked.stderr]).toEqual([0, '']);
    const back = await tank(machine, ['clients', 'add', 'billing', ...add, '--json']);
    expect(json<{ certificates: object[] }>(back).certificates).toMatchObject([
      { serial: serialNumber, revokedAt: expect.any(String) },
    ]);
  },
  LONG,
);
