import { join, resolve } from 'node:path';
import type { Read } from './keys.ts';

export interface GatewaySettings {
  readonly host: string;
  readonly port: number;
  readonly files: Readonly<Record<'cert' | 'key' | 'ca' | 'crl', string>>;
  /** Somebody has named its certificate: that it is missing is then a fault, not a choice. */
  readonly named: boolean;
}

export const gatewaySettings = (read: Read): GatewaySettings => {
  const own = join(resolve(read('TANK_DATA_DIR') as string), 'certs');
  const file = (name: Parameters<Read>[0], fallback: string) => resolve(read(name) ?? join(own, fallback));
  return {
    host: read('TANK_GATEWAY_HOST') as string,
    port: Number(read('TANK_GATEWAY_PORT')),
    files: {
      cert: file('TANK_GATEWAY_CERT_FILE', 'server.crt'),
      key: file('TANK_GATEWAY_KEY_FILE', 'server.key'),
      ca: file('TANK_GATEWAY_CA_FILE', 'ca.crt'),
      crl: file('TANK_GATEWAY_CRL_FILE', 'crl.pem'),
    },
    named: read('TANK_GATEWAY_CERT_FILE') !== undefined,
  };
};
