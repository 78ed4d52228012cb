import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonLife } from '../../fixtures/campaign/daemon.ts';
import type { Kill } from './kill-plan.ts';
import { sendsIn } from './probe.ts';
import { killAtSync } from './tracing.ts';
import type { World } from './world.ts';

/** One death as it was measured from outside. */
export interface Death {
  readonly kind: string;
  /** Calls that were open, by the stand-in's own count. */
  readonly openCalls: number;
  /** Sends that this life had marked when it ended: what the crash left in doubt. */
  readonly marked: number;
  readonly time: number;
}

const POLL_MS = 15;
/** A moment of a call that does not come, because nothing is sent just now, is not waited for longer. */
const MOMENT_PATIENCE_MS = 8_000;
const PROGRESS_PATIENCE_MS = 20_000;

/** The lives of one daemon after another, until somebody lets the last of them go on. */
export class Lives {
  readonly restartsMs: number[] = [];
  readonly deaths: Death[] = [];
  readonly #world: World;
  #life: DaemonLife | undefined;
  /** Marked by earlier lives and not claimed since. */
  #marked: ReadonlySet<string> = new Set();
  #atDeath: { readonly accepted: number; readonly cut: number } = { accepted: 0, cut: 0 };

  constructor(world: World) {
    this.#world = world;
  }

  /** Starts a life that will end by this kill; some kills are begun with the start. */
  async begin(kill?: Kill): Promise<void> {
    const { tank, dataDir } = this.#world;
    if (kill?.kind === 'boot') return;
    const under = kill?.kind === 'sync' ? killAtSync(dataDir, kill.after) : [];
    try {
      this.#life = await tank.start({ under });
      this.restartsMs.push(this.#life.readyMs);
    } catch (thrown) {
      // A kill at a sync may come before the doors are open.
      if (kill?.kind !== 'sync') throw thrown;
      this.#life = undefined;
    }
  }

  /** Ends the life, after so many more mails were taken, and measures what it was doing. */
  async finish(kill: Kill, mails: number): Promise<void> {
    const { standIn, dataDir } = this.#world;
    if (kill.kind !== 'plan' && kill.kind !== 'boot') await this.#untilAccepted(mails);
    const before = await standIn.counters();
    await this.#die(kill);
    await this.#life?.ended;
    const time = Date.now();
    this.#life = undefined;
    // The kernel has closed the dead one's connections; the stand-in hears of it in its next turns.
    await sleep(30);
    const after = await standIn.counters();
    const crash = after.crashes[before.crashes.length];
    const [known, marked] = [this.#marked, sendsIn(dataDir, 'sending')];
    this.#marked = marked;
    this.deaths.push({
      kind: kill.kind === 'moment' ? (crash?.at ?? kill.at) : kill.kind,
      openCalls: crash?.open ?? after.cut - this.#atDeath.cut,
      time,
      marked: [...marked].filter((id) => !known.has(id)).length,
    });
    this.#atDeath = after;
  }

  async stop(): Promise<void> {
    this.#life?.process.kill('SIGTERM');
    await this.#life?.ended;
    this.#life = undefined;
  }

  /** Leaves nothing behind, whatever went wrong. */
  async abandon(): Promise<void> {
    this.#life?.process.kill('SIGKILL');
    await this.#life?.ended;
  }

  async #die(kill: Kill): Promise<void> {
    switch (kill.kind) {
      case 'boot':
        return this.#dieWhileStarting(kill.ms);
      case 'sync':
        if (await this.#endsWithin(MOMENT_PATIENCE_MS)) return;
        return this.#dieNow();
      case 'moment':
        await this.#world.standIn.crash({ pid: this.#pid, at: kill.at, after: kill.after });
        if (await this.#endsWithin(MOMENT_PATIENCE_MS)) return;
        return this.#dieNow();
      default:
        await sleep(kill.ms);
        return this.#dieNow();
    }
  }

  get #pid(): number {
    return this.#life?.pid ?? 0;
  }

  async #dieNow(): Promise<void> {
    if (this.#life) await this.#world.standIn.crash({ pid: this.#pid, at: 'now', after: 1 });
  }

  async #dieWhileStarting(ms: number): Promise<void> {
    const child = this.#world.tank.spawn();
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    child.stdout?.resume();
    await sleep(ms);
    child.kill('SIGKILL');
    await ended;
  }

  async #endsWithin(ms: number): Promise<boolean> {
    if (!this.#life) return true;
    return Promise.race([this.#life.ended.then(() => true), sleep(ms, false, { ref: false })]);
  }

  /** This life has begun to call, and so many mails were taken since the last death. */
  async #untilAccepted(mails: number): Promise<void> {
    const until = performance.now() + PROGRESS_PATIENCE_MS;
    const { calls } = await this.#world.standIn.counters();
    while (performance.now() < until) {
      const counters = await this.#world.standIn.counters();
      if (counters.accepted >= this.#atDeath.accepted + mails && counters.calls > calls) return;
      if (await this.#endsWithin(POLL_MS)) return;
    }
  }
}
