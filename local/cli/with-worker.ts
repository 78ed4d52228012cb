import { setTimeout as sleep } from 'node:timers/promises';
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
    const done = await work();
    await writeBacksAreDone(ports);
    return done;
  } finally {
    await daemon.stop();
  }
};

const LOOK_EVERY_MS = 50;
/** A source that does not take them now is asked again by the next worker. */
const PATIENCE_MS = 60_000;

/** A run ends with its last mail; the source is to know of it too before this worker goes. */
const writeBacksAreDone = async ({ queue, runtime: { clock } }: Session['ports']): Promise<void> => {
  const until = clock.monotonic() + PATIENCE_MS;
  while (clock.monotonic() < until) {
    const { visible, inFlight } = await (await queue()).depth('write-back');
    if (visible + inFlight === 0) return;
    await sleep(LOOK_EVERY_MS);
  }
};
