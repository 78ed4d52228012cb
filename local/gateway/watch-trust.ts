import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Alerts } from '../../shared/ports/alerts.ts';
import type { Runtime } from '../../shared/ports/runtime.ts';
import { contextOf } from './tls.ts';
import { fingerprintOf, type GatewayFiles, normal, readTrust, type Trust } from './trust.ts';

/** So that a revocation acts well within a minute. */
const LOOK_EVERY_MS = 10_000;
const WARN_BEFORE_MS = 7 * 24 * 3_600_000;

export interface WatchOptions {
  readonly files: GatewayFiles;
  readonly trust: Trust;
  /** As it was before `trust` was read. */
  readonly fingerprint: string;
  readonly runtime: Runtime;
  readonly alerts: () => Promise<Alerts>;
  readonly everyMs?: number;
}

export interface TrustWatch {
  readonly look: () => Promise<void>;
  stop(): void;
}

/**
 * Follows the files while the listener runs. Whoever is on the list is cut off in the middle of a connection too;
 * without a list, or with one that has ended, everybody is.
 */
export const watchTrust = (server: Server, options: WatchOptions): TrustWatch => {
  const { files, runtime, everyMs = LOOK_EVERY_MS } = options;
  const sockets = new Set<TLSSocket>();
  let { trust, fingerprint } = options;
  let isShut = false;

  const hasEnded = (): boolean => runtime.clock.now() >= trust.crlEndsAt;
  server.prependListener('connection', (socket) => {
    if (isShut || hasEnded()) socket.destroy();
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  const shut = async (reason: string, cause?: unknown): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!isShut) {
      runtime.log.error('gateway_shut', { reason }, cause);
      await tell(options, 'gateway_shut', { reason });
    }
    isShut = true;
  };

  const reload = async (): Promise<void> => {
    const now = await fingerprintOf(files);
    if (now === fingerprint && !isShut) return;
    const fresh = await readTrust(files);
    try {
      server.setSecureContext(contextOf(fresh));
      runtime.log.info('gateway_trust_read', { revoked: fresh.revoked.size });
    } catch (fault) {
      // A certificate without its key: somebody is in the middle of putting them there. The lists count already.
      runtime.log.error('gateway_certificate_unusable', {}, fault);
      server.setSecureContext(contextOf({ ...fresh, cert: trust.cert, key: trust.key }));
    }
    trust = fresh;
    fingerprint = now;
  };

  const look = async (): Promise<void> => {
    try {
      await reload();
    } catch (fault) {
      return shut('a file of the gateway cannot be read', fault);
    }
    if (hasEnded()) return shut('the list of revoked certificates has ended');
    isShut = false;
    for (const socket of sockets) if (isRevoked(socket, trust)) socket.destroy();
    if (trust.crlEndsAt - runtime.clock.now() < WARN_BEFORE_MS)
      await tell(options, 'revocation_list_ending', { until: new Date(trust.crlEndsAt).toISOString() });
  };

  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return { look, stop: () => clearInterval(timer) };
};

const isRevoked = (socket: TLSSocket, { revoked }: Trust): boolean => {
  const serial = socket.getPeerX509Certificate()?.serialNumber;
  return serial === undefined || revoked.has(normal(serial));
};

const tell = async (
  { alerts, runtime }: WatchOptions,
  kind: 'gateway_shut' | 'revocation_list_ending',
  facts: Readonly<Record<string, string>>,
): Promise<void> => {
  try {
    await (await alerts()).raise({ kind, about: 'gateway', facts });
  } catch (fault) {
    runtime.log.error('alert_not_told', { kind }, fault);
  }
};
