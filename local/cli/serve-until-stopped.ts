import { MANIFEST } from '../../functions/manifest.ts';
import { type DaemonRole, startDaemon } from '../daemon.ts';
import { drainOnSignals } from '../drain.ts';
import { gatewayOf } from '../gateway-options.ts';
import type { Session } from './session.ts';

/** Hosts until a signal; the exit code is that of the drain. */
export const serveUntilStopped = async (
  { settings, ports }: Session,
  role: DaemonRole,
  onReady: () => Promise<void> = async () => undefined,
): Promise<number> => {
  const gateway = gatewayOf(settings, ports);
  const daemon = await startDaemon({
    settings,
    ports,
    role,
    manifest: MANIFEST,
    ...(gateway && { gateway }),
  });
  const ended = new Promise<number>((exit) => {
    drainOnSignals({ source: process, stop: daemon.stop, exit, ...ports.runtime });
  });
  process.stdout.write(`ready ${daemon.url ?? daemon.workerUrl}\n`);
  return Promise.race([ended, onReady().then(() => ended)]);
};
