import type { Reservation } from '../../ports/pace.ts';
import { CREDIT_MS } from './pace-steps.ts';

type Granted = Extract<Reservation, { kind: 'granted' }>;

/** Slots that a process has reserved at once for all its workers: the store is asked a few times a second, not for each wave. */
export class SlotStash {
  #mails = 0;
  #startsAt = 0;
  #slotMs = 0;
  #filled = 0;
  #used = 0;

  /** What is stashed and not used is lost to the other processes: twice the last filling if all of it was used, or little more than was used. */
  nextFilling(atLeast: number, atMost: number): number {
    const wanted = this.#used < this.#filled ? Math.ceil(this.#used * 1.25) : this.#filled * 2;
    return Math.max(atLeast, Math.min(wanted, atMost));
  }

  put({ mails, waitMs, slotMs }: Granted, now: number): void {
    this.#mails = mails;
    this.#filled = mails;
    this.#used = 0;
    this.#startsAt = now + waitMs;
    this.#slotMs = slotMs;
  }

  take(mails: number, now: number): Granted | undefined {
    this.#dropPassed(now);
    if (this.#mails === 0) return undefined;
    const taken = Math.min(mails, this.#mails);
    const waitMs = Math.max(0, this.#startsAt - now);
    this.#mails -= taken;
    this.#used += taken;
    this.#startsAt += taken * this.#slotMs;
    return { kind: 'granted', mails: taken, waitMs, slotMs: this.#slotMs };
  }

  /** Slots that nobody used are not made up for any longer. */
  #dropPassed(now: number): void {
    const lateMs = now - this.#startsAt - CREDIT_MS;
    const passed = this.#slotMs > 0 && lateMs > 0 ? Math.ceil(lateMs / this.#slotMs) : 0;
    this.#mails = Math.max(0, this.#mails - passed);
    this.#startsAt += passed * this.#slotMs;
  }
}
