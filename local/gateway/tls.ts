import { constants } from 'node:crypto';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import type { Trust } from './trust.ts';

/** TLS 1.2 with forward secrecy and AEAD only, and all of 1.3. */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

/** A session that was resumed would not be held against today's list of the revoked: none is. */
const OPTIONS =
  constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_CIPHER_SERVER_PREFERENCE;

export const contextOf = ({ cert, key, ca, crl }: Trust): SecureContextOptions => ({
  cert,
  key,
  ca,
  crl: [...crl],
  minVersion: 'TLSv1.2',
  ciphers: CIPHERS,
  ecdhCurve: 'X25519:P-256:P-384',
  honorCipherOrder: true,
  secureOptions: OPTIONS,
});

export const serverOptions = (trust: Trust): TlsOptions => ({
  ...contextOf(trust),
  requestCert: true,
  rejectUnauthorized: true,
  ALPNProtocols: ['http/1.1'],
});
