import type { Server } from 'node:https';
import type { Alerts } from '../shared/ports/alerts.ts';
import type { Audit } from '../shared/ports/audit.ts';
import { peerOfTls } from './gateway/client-cert.ts';
import { recordRefusals } from './gateway/refusals.ts';
import { serverOptions } from './gateway/tls.ts';
import { fingerprintOf, type GatewayFiles, readTrust } from './gateway/trust.ts';
import { watchTrust } from './gateway/watch-trust.ts';
import { createHttpDoor, type HttpDoor, type HttpDoorOptions } from './http-door.ts';
import { StartFault } from './start-fault.ts';

export interface GatewayDoorOptions extends Omit<HttpDoorOptions, 'tls' | 'peerOf'> {
  readonly files: GatewayFiles;
  readonly audit: () => Promise<Audit>;
  readonly alerts: () => Promise<Alerts>;
  readonly lookEveryMs?: number;
}

export interface GatewayDoor extends HttpDoor {
  /** Reads the files again now, if they have changed. */
  readonly look: () => Promise<void>;
}

/** The door of other systems: nobody comes in without a certificate of ours. Not listening yet. */
export const createGatewayDoor = async (options: GatewayDoorOptions): Promise<GatewayDoor> => {
  const { files, runtime, audit, alerts, lookEveryMs } = options;
  const fingerprint = await fingerprintOf(files);
  const trust = await readTrust(files).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  const door = createHttpDoor({ ...options, tls: serverOptions(trust), peerOf: peerOfTls });
  const server = door.server as Server;
  recordRefusals(server, { audit, runtime });
  const watch = watchTrust(server, {
    files,
    trust,
    fingerprint,
    runtime,
    alerts,
    ...(lookEveryMs !== undefined && { everyMs: lookEveryMs }),
  });
  return {
    server,
    look: watch.look,
    stopListening: () => {
      watch.stop();
      door.stopListening();
    },
    cut: door.cut,
  };
};

const unreadable = (cause: unknown): StartFault =>
  new StartFault({
    key: 'TANK_GATEWAY_CERT_FILE',
    problem: `or a file beside it cannot be used: ${cause instanceof Error ? cause.message : 'unknown'}`,
    mend: 'Make them with "tank certs init-ca", "tank certs server" and "tank certs crl", or name your own.',
    cause,
  });
