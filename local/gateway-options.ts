import { existsSync } from 'node:fs';
import type { Settings } from '../shared/config/load.ts';
import type { HostPorts } from '../shared/ports/ports.ts';
import type { GatewayOptions } from './host.ts';

/** None as long as nobody has made a certificate for it, or named one. */
export const gatewayOf = (
  { gateway: { host, port, files, named } }: Pick<Settings, 'gateway'>,
  { audit, alerts }: Pick<HostPorts, 'audit' | 'alerts'>,
): GatewayOptions | undefined =>
  named || existsSync(files.cert) ? { host, port, files, audit, alerts } : undefined;
