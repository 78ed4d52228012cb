import { setTimeout as sleep } from 'node:timers/promises';
import { MANIFEST } from '../../functions/manifest.ts';
import { type Daemon, startDaemon } from '../daemon.ts';
import { type Drained, drainOnSignals } from '../drain.ts';
import { findDaemon } from '../lock.ts';
import { StartFault } from '../start-fault.ts';
import { Exit } from './exit.ts';
import type { Session } from './session.ts';

/** While the work is waited for, somebody has to do it: the daemon of the folder, or this command wherever there is none. */
export const withWorker = async <T>(session: Session, work: () => Promise<T>): Promise<T> => {
  const standIn = new StandIn(session);
  await standIn.look();
  const watching = standIn.watch();
  try {
    return await Promise.race([
      standIn.untilStopped(),
      watching,
      work().then(async (done) => {
        if (standIn.isHosting) await writeBacksAreDone(session.ports);
        return done;
      }),
    ]);
  } finally {
    await standIn.end();
  }
};

/** Any free port: nobody watches a worker that lives as long as one command. */
const ANY_PORT = 0;
const LOOK_FOR_WORKER_MS = 1_000;

class StandIn {
  readonly #session: Session;
  readonly #ended = new AbortController();
  #daemon: Daemon | undefined;
  #looking: Promise<void> = Promise.resolve();
  #forgetSignals = (): void => undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  get isHosting(): boolean {
    return this.#daemon !== undefined;
  }

  /** The daemon beside may end before the work does, and so may another command that stood in. */
  async watch(): Promise<never> {
    for (;;) {
      await sleep(LOOK_FOR_WORKER_MS, undefined, { signal: this.#ended.signal }).catch(() => forever());
      await this.look();
    }
  }

  look(): Promise<void> {
    this.#looking = this.#hostUnlessHosted();
    return this.#looking;
  }

  async #hostUnlessHosted(): Promise<void> {
    if (this.#daemon || (await findDaemon(this.#session.settings.dataDir)).running) return;
    const { settings, ports } = this.#session;
    const options = { settings: { ...settings, workerPort: ANY_PORT }, ports, manifest: MANIFEST };
    this.#daemon = await startDaemon({ ...options, role: 'worker' }).catch((thrown) =>
      this.#unlessTaken(thrown),
    );
  }

  /** Ctrl+C drains as it does in a daemon: what is under way ends, and nothing is left in doubt. */
  untilStopped(): Promise<never> {
    return new Promise((_, stop) => {
      this.#forgetSignals = drainOnSignals({
        source: process,
        stop: () => this.#stopHosting(),
        exit: () =>
          stop(
            new Exit(1, 'Stopped before the run was over; the next daemon or "tank run" goes on with it.'),
          ),
        ...this.#session.ports.runtime,
      });
    });
  }

  async end(): Promise<void> {
    this.#forgetSignals();
    this.#ended.abort();
    await this.#looking.catch(() => undefined);
    await this.#stopHosting();
  }

  async #stopHosting(): Promise<Drained> {
    return (await this.#daemon?.stop()) ?? { left: 0 };
  }

  /** Of two commands that look at once, one comes first. */
  async #unlessTaken(thrown: unknown): Promise<undefined> {
    if (thrown instanceof StartFault && (await findDaemon(this.#session.settings.dataDir)).running)
      return undefined;
    throw thrown;
  }
}

const forever = (): Promise<never> => new Promise(() => undefined);

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
