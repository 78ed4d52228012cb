import { readFile } from 'node:fs/promises';
import type { SmtpSettings } from '../adapters/smtp/settings.ts';
import type { Settings } from '../config/load.ts';
import type { TransportName } from '../domain/automation.ts';
import { TankError } from '../domain/errors.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { Transport } from '../ports/transport.ts';

/** Each loads its library when the first mail wants to leave that way. */
export const openTransport = async (
  name: TransportName,
  settings: Settings,
  runtime: Runtime,
): Promise<Transport> => {
  switch (name) {
    case 'outbox': {
      const { createOutboxTransport } = await import('../adapters/outbox/transport.ts');
      return createOutboxTransport(settings.dataDir, runtime.clock);
    }
    case 'ses': {
      if (!settings.awsRegion) throw unconfigured(name, 'AWS_REGION');
      const { createSesTransport } = await import('../adapters/ses/transport.ts');
      return createSesTransport(
        {
          region: settings.awsRegion,
          ...(settings.sesEndpoint ? { endpoint: settings.sesEndpoint } : {}),
          ...(settings.sesConfigurationSet ? { configurationSet: settings.sesConfigurationSet } : {}),
        },
        runtime.clock,
      );
    }
    case 'smtp': {
      if (!settings.smtpUrl) throw unconfigured(name, 'TANK_SMTP_URL');
      const { createSmtpTransport } = await import('../adapters/smtp/transport.ts');
      return createSmtpTransport(await smtpSettings(settings.smtpUrl, settings), runtime.clock);
    }
  }
};

const smtpSettings = async (url: string, settings: Settings): Promise<SmtpSettings> => {
  const { smtpCaFile, dkim, sesConfigurationSet } = settings;
  const ca = smtpCaFile && (await readPem(smtpCaFile, 'TANK_SMTP_CA_FILE'));
  const privateKey = dkim && (await readPem(dkim.keyFile, 'TANK_DKIM_KEY_FILE'));
  return {
    url,
    plainOnLoopback: settings.smtpPlain === 'loopback',
    maxConnections: settings.smtpConnections,
    ...(ca ? { ca } : {}),
    ...(dkim && privateKey ? { dkim: { domain: dkim.domain, selector: dkim.selector, privateKey } } : {}),
    ...(sesConfigurationSet ? { sesConfigurationSet } : {}),
  };
};

const readPem = async (file: string, key: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TankError(
      'transport_unconfigured',
      { transport: 'smtp', key: `${key} (cannot be read)` },
      { cause },
    );
  }
};

const unconfigured = (transport: TransportName, key: string): TankError =>
  new TankError('transport_unconfigured', { transport, key });
