import { readFile } from 'node:fs/promises';
import type { HostRoutes } from '../http-door/exchange.ts';
import { textReply } from '../http-door/reply.ts';

export const CRL_PATH = '/gateway.crl';

/** The list of the revoked, for whoever was shown the certificate of the gateway: it names numbers and nobody. */
export const crlRoute = (file: string): HostRoutes =>
  new Map([
    [
      CRL_PATH,
      async () => {
        const pem = await readFile(file, 'utf8');
        const [, base64 = ''] = /-----BEGIN X509 CRL-----([\s\S]+?)-----END/.exec(pem) ?? [];
        return { ...textReply(200, 'application/pkix-crl', base64.replace(/\s/g, '')), base64: true };
      },
    ],
  ]);
