import { MANIFEST } from '../../functions/manifest.ts';
import { startDaemon } from '../daemon.ts';
import { daemonAt } from '../lock.ts';
import type { Session } from './session.ts';

/** Beside a running daemon, that one does the work; without one, this command hosts the worker until it is done. */
export const withWorker = async <T>(session: Session, work: () => Promise<T>): Promise<T> => {
  const { settings, ports } = session;
  if (await daemonAt(settings.dataDir)) return work();
  const daemon = await startDaemon({ settings, ports, role: 'worker', manifest: MANIFEST });
  try {
    return await work();
  } finally {
    await daemon.stop();
  }
};
