import type { Outcome } from '../../domain/outcome.ts';
import type { Clock } from '../../ports/runtime.ts';
import { SmtpSession } from './session.ts';

/** Relays and firewalls close what rests; five minutes are the least that RFC 5321 asks of a server. */
const MAX_IDLE_MS = 30_000;
/** Some relays refuse more on one connection. */
const MAX_MAILS = 100;

export interface Lease {
  readonly session: SmtpSession;
  readonly reused: boolean;
}

interface Idle {
  readonly session: SmtpSession;
  readonly since: number;
}

/** A bounded number of conversations, the most recently used first. */
export class SmtpPool {
  readonly #open: (signal: AbortSignal) => Promise<SmtpSession | Outcome>;
  readonly #most: number;
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #idle: Idle[] = [];
  #taken = 0;
  #closed = false;

  constructor(open: (signal: AbortSignal) => Promise<SmtpSession | Outcome>, most: number, clock: Clock) {
    this.#open = open;
    this.#most = most;
    this.#clock = clock;
  }

  async take(signal: AbortSignal): Promise<Lease | Outcome> {
    if (!(await this.#place(signal))) return { kind: 'unreached', code: 'ABORT_ERR' };
    const session = this.#takeIdle();
    if (session) return { session, reused: true };
    const opened = await this.#open(signal);
    return opened instanceof SmtpSession ? { session: opened, reused: false } : this.#giveUp(opened);
  }

  /** A fresh conversation in the place of one that broke. */
  async replace(signal: AbortSignal): Promise<Lease | Outcome> {
    const opened = await this.#open(signal);
    return opened instanceof SmtpSession ? { session: opened, reused: false } : this.#giveUp(opened);
  }

  giveBack(session: SmtpSession): void {
    if (session.usable && session.mails < MAX_MAILS && !this.#closed)
      this.#idle.push({ session, since: this.#clock.now() });
    else session.close();
    this.#leave();
  }

  /** Conversations at work end with their mail. */
  close(): void {
    this.#closed = true;
    for (const { session } of this.#idle) session.close();
    this.#idle = [];
  }

  #takeIdle(): SmtpSession | undefined {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      const isFresh = Math.abs(this.#clock.now() - idle.since) < MAX_IDLE_MS;
      if (idle.session.usable && isFresh) return idle.session;
      idle.session.close();
    }
    return undefined;
  }

  #giveUp(outcome: Outcome): Outcome {
    this.#leave();
    return outcome;
  }

  /** False: the caller gave up before there was a place. */
  async #place(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#taken < this.#most) {
      this.#taken += 1;
      return true;
    }
    return new Promise((resolve) => {
      const settle = (placed: boolean) => {
        signal.removeEventListener('abort', give);
        resolve(placed);
      };
      const take = () => settle(true);
      const give = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        settle(false);
      };
      this.#waiting.push(take);
      signal.addEventListener('abort', give, { once: true });
    });
  }

  /** The place goes to who waited longest, or is free. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken -= 1;
  }
}
