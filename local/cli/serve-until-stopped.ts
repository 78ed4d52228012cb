import { MANIFEST } from '../../functions/manifest.ts';
import { type Role, startDaemon } from '../daemon.ts';
import type { Session } from './session.ts';

/** Hosts until a signal; the exit code is that of the drain. */
export const serveUntilStopped = async (
  session: Session,
  role: Role,
  onReady: () => Promise<void> = async () => undefined,
): Promise<0 | 1> => {
  const daemon = await startDaemon({
    settings: session.settings,
    ports: session.ports,
    role,
    manifest: MANIFEST,
  });
  process.stdout.write(`ready ${daemon.url ?? daemon.workerUrl}\n`);
  await onReady();
  return daemon.stopped;
};
