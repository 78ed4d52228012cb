import { MANIFEST } from '../../functions/manifest.ts';
import { startDaemon } from '../daemon.ts';
import { drainOnSignals } from '../drain.ts';
import { gatewayOf } from '../gateway-options.ts';
import type { DaemonRole } from '../host.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/** For commands that go on: what a program may want to know of them, as it happens. */
export const EVENTS_AS_JSON = ['--json', 'print one line of JSON for each event'] as const;

/** Hosts until a signal; the exit code is that of the drain. */
export const serveUntilStopped = async (
  { settings, ports }: Session,
  role: DaemonRole,
  output: Output,
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
  const { url, workerUrl } = daemon;
  output.result({ event: 'ready', url, workerUrl }, () => [`ready ${url ?? workerUrl}`]);
  return Promise.race([ended, onReady().then(() => ended)]);
};
