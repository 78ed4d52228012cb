import { MANIFEST } from '../../functions/manifest.ts';
import { startDaemon } from '../daemon.ts';
import { findDaemon } from '../lock.ts';
import type { Session } from './session.ts';

/** Any free port: nobody watches a worker that lives as long as one command. */
const ANY_PORT = 0;

/** Beside a running daemon, that one does the work; without one, this command hosts the worker until it is done. */
export const withWorker = async <T>({ settings, ports }: Session, work: () => Promise<T>): Promise<T> => {
  const { running } = await findDaemon(settings.dataDir);
  if (running) return work();
  const daemon = await startDaemon({
    settings: { ...settings, workerPort: ANY_PORT },
    ports,
    role: 'worker',
    manifest: MANIFEST,
  });
  try {
    return await work();
  } finally {
    await daemon.stop();
  }
};
