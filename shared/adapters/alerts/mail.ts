import { isIP } from 'node:net';
import type { AlertChannel } from '../../ports/alerts.ts';

export interface AlertMailSettings {
  readonly url: string;
  readonly from: string;
  readonly to: readonly string[];
}

const TIMEOUT_MS = 10_000;

/** Over a relay of its own, and each time by a new connection: it must work when everything else does not. */
export const createMailChannel = ({ url, from, to }: AlertMailSettings): AlertChannel => ({
  name: 'mail',
  tell: async ({ subject, text }) => {
    const { createTransport } = await import('nodemailer');
    const { protocol, hostname } = new URL(url);
    const transport = createTransport({
      url,
      requireTLS: protocol === 'smtp:' && !isLoopback(hostname),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({ from, to: [...to], subject, text });
    } finally {
      transport.close();
    }
  },
});

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
