import { isIP } from 'node:net';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { TankError } from '../../domain/errors.ts';

export interface DkimSettings {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly privateKey: string;
}

export interface SmtpSettings {
  /** `smtp://user:password@host:587` demands STARTTLS, `smtps://host:465` is TLS from the start. */
  readonly url: string;
  /** Lets a relay on this very machine be spoken to without TLS. */
  readonly plainOnLoopback?: boolean;
  /** Certificates to trust instead of the system's; PEM. */
  readonly ca?: string;
  readonly dkim?: DkimSettings;
  readonly maxConnections?: number;
  /** Only on the SMTP endpoint of SES. */
  readonly sesConfigurationSet?: string;
}

export interface Relay {
  readonly host: string;
  readonly connection: SMTPConnectionOptions;
  readonly login?: { readonly user: string; readonly pass: string };
  /** The SMTP endpoint of SES understands tags, and answers with its own message id. */
  readonly isSes: boolean;
}

const TIMEOUT_MS = 30_000;

export const readSmtpSettings = (settings: SmtpSettings): Relay => {
  const url = new URL(settings.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'smtps:';
  const plain = settings.plainOnLoopback === true && !secure;
  if (plain && !isLoopback(host)) {
    throw new TankError('invalid_definition', {
      reason: 'mail without TLS is for a relay on this machine only',
    });
  }
  return {
    host,
    connection: {
      host,
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      ...(plain ? { ignoreTLS: true } : { requireTLS: !secure }),
      tls: { minVersion: 'TLSv1.2', ...(settings.ca === undefined ? {} : { ca: settings.ca }) },
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: 5 * 60_000,
      socketCloseTimeout: 0,
      allowInternalNetworkInterfaces: true,
    },
    ...(url.username === ''
      ? {}
      : { login: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    isSes: /^email-smtp(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/i.test(host),
  };
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
