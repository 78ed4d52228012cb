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
      return createSmtpTransport({ url: settings.smtpUrl }, runtime.clock);
    }
  }
};

const unconfigured = (transport: TransportName, key: string): TankError =>
  new TankError('transport_unconfigured', { transport, key });
