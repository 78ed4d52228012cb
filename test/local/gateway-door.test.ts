import { rmSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { issue, openAuthority } from '../../local/certs/authority.ts';
import { clientsApi } from '../../shared/wire/clients-api.ts';
import { keptConnection, openGatewayDoor } from '../fixtures/gateway-door.ts';
import { aMessage } from '../fixtures/gateway-office.ts';
import { inDays, openPki, PASSPHRASE } from '../fixtures/pki.ts';

type Door = Awaited<ReturnType<typeof openGatewayDoor>>;
type Shown = Pick<RequestOptions, 'cert' | 'key' | 'passphrase'>;

const only = ({ cert, key }: { readonly cert: string; readonly key: string }): Shown => ({ cert, key });

describe('a certificate that is not good', () => {
  const IN_HANDSHAKE: readonly (readonly [string, (door: Door) => Promise<Shown>, string])[] = [
    ['none at all', async () => ({}), 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'],
    [
      'of another authority',
      async () => only(await (await openPki('Other CA')).client('billing')),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'of another authority of the same name',
      async () => only(await (await openPki()).client('billing')),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'signed by itself',
      async () => {
        const { ca } = await openPki('billing');
        const open = await openAuthority(ca.cert, ca.key, PASSPHRASE);
        return only(
          await issue(
            { ...open },
            { kind: 'client', commonName: 'billing', names: [], notBefore: inDays(-1), notAfter: inDays(1) },
          ),
        );
      },
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'that has expired',
      async ({ pki }) => only(await pki.client('billing', { notBefore: inDays(-5), notAfter: inDays(-1) })),
      'CERT_HAS_EXPIRED',
    ],
    [
      'that is not valid yet',
      async ({ pki }) => only(await pki.client('billing', { notBefore: inDays(1) })),
      'CERT_NOT_YET_VALID',
    ],
    ['that is for servers', async ({ pki }) => only(await pki.server()), 'INVALID_PURPOSE'],
    [
      'that is for signing code',
      async ({ pki }) => only(await pki.client('billing', { usages: ['1.3.6.1.5.5.7.3.3'] })),
      'INVALID_PURPOSE',
    ],
    [
      'that is the authority itself',
      async ({ pki }) => ({ ...only(pki.ca), passphrase: PASSPHRASE }),
      'INVALID_PURPOSE',
    ],
    [
      'that was revoked',
      async ({ pki, put, door }) => {
        const revoked = await pki.client('billing');
        put('crl', await pki.crl([{ serial: revoked.serial, at: new Date() }]));
        await door.look();
        return only(revoked);
      },
      'CERT_REVOKED',
    ],
    [
      'signed by another client',
      async ({ pki }) => {
        const signer = await pki.client('billing');
        const { createPrivateKey, webcrypto } = await import('node:crypto');
        const { X509Certificate } = await import('@peculiar/x509');
        const der = createPrivateKey(signer.key).export({ type: 'pkcs8', format: 'der' });
        const key = await webcrypto.subtle.importKey(
          'pkcs8',
          der,
          { name: 'ECDSA', namedCurve: 'P-256' },
          false,
          ['sign'],
        );
        const forged = await issue(
          { certificate: new X509Certificate(signer.cert), key },
          {
            kind: 'client',
            commonName: 'x',
            names: [{ type: 'url', value: 'urn:tank:client:billing' }],
            notBefore: inDays(-1),
            notAfter: inDays(1),
          },
        );
        return { cert: forged.cert + signer.cert, key: forged.key };
      },
      'UNSPECIFIED',
    ],
  ];
  test.each(IN_HANDSHAKE)(
    '%s is refused in the handshake, with its reason in the audit',
    async (_, make, reason) => {
      const door = await openGatewayDoor();
      const shown = await make(door);
      await expect(door.call(aMessage(), shown)).rejects.toThrow();
      expect(door.events).toEqual([]);
      await expect
        .poll(() => door.audited('certificate.refused'))
        .toMatchObject([
          { outcome: 'refused', address: '127.0.0.1', facts: { reason: expect.stringMatching(reason) } },
        ]);
    },
  );

  const AS_403: readonly (readonly [string, (door: Door) => Promise<Shown>, string])[] = [
    [
      'for every purpose',
      async ({ pki }) => only(await pki.client('billing', { usages: [] })),
      'certificate_not_for_clients',
    ],
    ['of a client that is not there', async ({ pki }) => only(await pki.client('ghost')), 'client_unknown'],
    ['without a name', async ({ pki }) => only(await pki.client('billing', { names: [] })), 'client_unknown'],
    [
      'of a client that is shut',
      async ({ own, ask }) => {
        await ask(clientsApi.changeClient, { params: { id: 'billing' }, body: { enabled: false } });
        return own;
      },
      'client_disabled',
    ],
  ];
  test.each(AS_403)('%s is 403, with its reason in the audit', async (_, make, reason) => {
    const door = await openGatewayDoor();
    expect(await door.call(aMessage(), await make(door))).toMatchObject({
      status: 403,
      json: { code: 'client_refused' },
    });
    expect(await door.audited()).toMatchObject([{ facts: { reason } }]);
  });
});

describe('a good certificate', () => {
  test('sends over TLS 1.3 and 1.2, and nothing older', async () => {
    const door = await openGatewayDoor();
    expect((await door.call(aMessage(), door.own)).status).toBe(202);
    expect((await door.call(aMessage(), { ...door.own, maxVersion: 'TLSv1.2' })).status).toBe(202);
    const old = {
      ...door.own,
      minVersion: 'TLSv1' as const,
      maxVersion: 'TLSv1.1' as const,
      ciphers: 'DEFAULT:@SECLEVEL=0',
    };
    await expect(door.call(aMessage(), old)).rejects.toThrow();
  });

  test('is given on as API Gateway gives it, whatever the headers say', async () => {
    const door = await openGatewayDoor();
    const other = await door.pki.client('ghost');
    const headers = {
      'x-amzn-mtls-clientcert': encodeURIComponent(other.cert),
      'x-ssl-client-cert': encodeURIComponent(other.cert),
      'x-forwarded-for': '10.9.9.9',
      'x-tank-client': 'ghost',
    };
    expect((await door.call(aMessage(), { ...door.own, headers })).status).toBe(202);
    const { clientCert } = (
      door.events[0] as { requestContext: { authentication: { clientCert: Record<string, unknown> } } }
    ).requestContext.authentication;
    expect(clientCert).toEqual({
      clientCertPem: door.own.cert?.toString().trim().concat('\n'),
      subjectDN: 'CN=billing',
      issuerDN: 'CN=Tank test CA',
      serialNumber: door.certificate.serial.replace(/..(?!$)/g, '$&:'),
      validity: {
        notBefore: expect.stringMatching(/^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} GMT$/),
        notAfter: expect.stringMatching(/GMT$/),
      },
    });
  });

  test('resumes no session: each connection is held against the list of its moment', async () => {
    const door = await openGatewayDoor();
    const sessions: Buffer[] = [];
    const open = (session?: Buffer) =>
      new Promise<boolean>((resolve, reject) => {
        const socket = connect({
          host: '127.0.0.1',
          port: door.port,
          ca: door.pki.ca.cert,
          ...door.own,
          maxVersion: 'TLSv1.2',
          ...(session && { session }),
        });
        socket.on('session', (given) => sessions.push(given));
        socket.on('error', reject);
        socket.on('secureConnect', () => {
          const reused = socket.isSessionReused();
          setTimeout(() => socket.destroy(), 100).unref();
          socket.on('close', () => resolve(reused));
        });
      });
    expect(await open()).toBe(false);
    expect(await open(sessions[0])).toBe(false);
  });
});

describe('the list of the revoked', () => {
  test('acts within a minute, on open connections too, and without a restart', async () => {
    const door = await openGatewayDoor({}, { lookEveryMs: 200 });
    const agent = keptConnection();
    const open = { ...door.own, agent };
    expect((await door.call(aMessage(), open)).status).toBe(202);
    door.put('crl', await door.pki.crl([{ serial: door.certificate.serial, at: new Date() }]));
    await expect
      .poll(
        () =>
          door.call(aMessage(), open).then(
            () => 'in',
            () => 'out',
          ),
        { timeout: 10_000 },
      )
      .toBe('out');
    const renewed = only(await door.pki.client('billing'));
    expect((await door.call(aMessage(), renewed)).status).toBe(202);
    agent.destroy();
  });

  test('that has ended lets nobody in, and a new one everybody', async () => {
    const door = await openGatewayDoor();
    const agent = keptConnection();
    expect((await door.call(aMessage(), { ...door.own, agent })).status).toBe(202);
    door.put('crl', await door.pki.crl([], new Date(Date.now() + 1_100)));
    await door.look();
    expect(door.told()).toEqual(['revocation_list_ending']);
    await sleep(1_500);
    await expect(door.call(aMessage(), door.own)).rejects.toThrow();
    await door.look();
    expect(door.told()).toContain('gateway_shut');
    await expect(door.call(aMessage(), { ...door.own, agent })).rejects.toThrow();
    door.put('crl', await door.pki.crl());
    await door.look();
    expect((await door.call(aMessage(), door.own)).status).toBe(202);
    agent.destroy();
  });

  const DAMAGES: readonly (readonly [string, (door: Door) => void])[] = [
    ['a list that is missing', ({ files }) => rmSync(files.crl)],
    ['a damaged list', ({ put }) => put('crl', '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n')],
    ['an empty list', ({ put }) => put('crl', '')],
    ['an empty file of authorities', ({ put }) => put('ca', '')],
    ['authorities that are none', ({ put }) => put('ca', 'they will be here soon')],
  ];
  test.each(DAMAGES)(
    '%s: nobody is let in, open connections end, and somebody is told',
    async (_, damage) => {
      const door = await openGatewayDoor();
      const agent = keptConnection();
      expect((await door.call(aMessage(), { ...door.own, agent })).status).toBe(202);
      damage(door);
      await door.look();
      await expect(door.call(aMessage(), { ...door.own, agent })).rejects.toThrow();
      await expect(door.call(aMessage(), door.own)).rejects.toThrow();
      expect(await door.told()).toContain('gateway_shut');
      agent.destroy();
    },
  );

  test('of another authority lets nobody in', async () => {
    const door = await openGatewayDoor();
    door.put('crl', await (await openPki('Other CA')).crl());
    await door.look();
    await expect(door.call(aMessage(), door.own)).rejects.toThrow();
    await expect
      .poll(() => door.audited('certificate.refused'))
      .toMatchObject([{ facts: { reason: 'UNABLE_TO_GET_CRL' } }]);
  });

  test('that somebody else has signed under our name lets nobody in', async () => {
    const door = await openGatewayDoor();
    door.put('crl', await (await openPki()).crl());
    await door.look();
    await expect(door.call(aMessage(), door.own)).rejects.toThrow();
    await expect
      .poll(() => door.audited('certificate.refused'))
      .toMatchObject([{ facts: { reason: 'CRL_SIGNATURE_FAILURE' } }]);
  });

  test('a certificate of the gateway that does not fit its key keeps the old one', async () => {
    const door = await openGatewayDoor();
    door.put('cert', (await door.pki.server()).cert);
    await door.look();
    expect((await door.call(aMessage(), door.own)).status).toBe(202);
  });
});

describe('what is sent over it', () => {
  const raw = (door: Door, text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: door.port, ca: door.pki.ca.cert, ...door.own }, () =>
        socket.write(text),
      );
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', () => resolve(answer));
      setTimeout(() => socket.end(), 1_500).unref();
    });

  test.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['chunks under another name', 'Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n'],
    ['a header with a blank before its colon', 'Content-Length : 5\r\n'],
    ['a folded header', 'X-A: b\r\n c\r\nContent-Length: 5\r\n'],
  ])('%s are refused, and what follows them is not served', async (_, headers) => {
    const door = await openGatewayDoor();
    const smuggled = 'GET /api/v1/messages/smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await raw(
      door,
      `POST /api/v1/messages HTTP/1.1\r\nHost: x\r\n${headers}\r\n0\r\n\r\n${smuggled}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (400|501)/);
    expect(answer.match(/^HTTP\/1\.1/gm)).toHaveLength(1);
    expect(JSON.stringify(door.events)).not.toContain('smuggled');
  });

  test('26 MB are too much', async () => {
    const door = await openGatewayDoor();
    expect(await door.call(Buffer.alloc(26 * 1024 * 1024, 'a'), door.own)).toMatchObject({ status: 413 });
  });

  test('JSON in another charset is not taken for UTF-8', async () => {
    const door = await openGatewayDoor();
    const korean = Buffer.concat([
      Buffer.from('{"subject":"'),
      Buffer.from('bec8b3e7', 'hex'),
      Buffer.from('"}'),
    ]);
    expect(await door.call(korean, door.own)).toMatchObject({ status: 415 });
    const named = { ...door.own, headers: { 'content-type': 'application/json; charset=euc-kr' } };
    expect(await door.call(korean, named)).toMatchObject({ status: 415 });
  });

  test('a finished mail, and a Bcc within it that nobody hears of', async () => {
    const door = await openGatewayDoor();
    const mail =
      'From: billing@example.com\r\nTo: kim@example.com\r\nBcc: secret@example.com\r\nSubject: Hi\r\n\r\nHello';
    const headers = { 'content-type': 'message/rfc822' };
    const taken = await door.call(mail, { ...door.own, headers });
    expect(taken).toMatchObject({ status: 202, json: { recipients: 1, removed: ['bcc'] } });
    const bad = await door.call('no mail', { ...door.own, headers });
    expect(bad).toMatchObject({ status: 422, json: { code: 'message_unreadable' } });
  });

  test('serves nothing but messages', async () => {
    const door = await openGatewayDoor();
    expect(await door.call('', door.own, 'GET', '/api/v1/runs')).toMatchObject({ status: 404 });
  });
});
