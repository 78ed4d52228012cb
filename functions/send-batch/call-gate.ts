import { afterAnswer, type CallWindow, openWindow } from '../../shared/domain/call-window.ts';
import type { Lane } from '../../shared/domain/run.ts';
import type { Clock } from '../../shared/ports/runtime.ts';
import type { Transport } from '../../shared/ports/transport.ts';

export interface Ticket {
  readonly waited: boolean;
}

/** Through which all calls of this process to one transport go; urgent ones before those of bulk. */
export class CallGate {
  readonly #clock: Clock;
  readonly #limited: boolean;
  #window: CallWindow;
  #open = 0;
  #shut = false;
  readonly #waiting: Readonly<Record<Lane, (() => void)[]>> = { urgent: [], bulk: [] };

  constructor(clock: Clock, limited: boolean) {
    this.#clock = clock;
    this.#limited = limited;
    this.#window = openWindow(clock.monotonic());
  }

  /** Undefined: the gate was shut; the call must not be made. */
  async enter(lane: Lane): Promise<Ticket | undefined> {
    const waited = this.#isFull();
    while (!this.#shut && this.#isFull()) {
      await new Promise<void>((resolve) => this.#waiting[lane].push(resolve));
    }
    if (this.#shut) return undefined;
    this.#open += 1;
    return { waited };
  }

  leave({ waited }: Ticket, after: 'answer' | 'silence' | 'no call'): void {
    this.#open -= 1;
    const now = this.#clock.monotonic();
    if (after === 'answer') this.#window = afterAnswer(this.#window, waited, now);
    if (after === 'silence') this.#window = openWindow(now);
    for (let free = this.#window.limit - this.#open; free > 0; free--) this.#wakeOne();
  }

  shut(): void {
    this.#shut = true;
    for (const wake of [...this.#waiting.urgent.splice(0), ...this.#waiting.bulk.splice(0)]) wake();
  }

  reopen(): void {
    this.#shut = false;
  }

  #isFull(): boolean {
    return this.#limited && this.#open >= this.#window.limit;
  }

  #wakeOne(): void {
    (this.#waiting.urgent.shift() ?? this.#waiting.bulk.shift())?.();
  }
}

/** A transport that can be asked after a mail leaves no lasting doubt, so that its calls need no limit. */
export const createCallGates = (
  clock: Clock,
): ((transport: Pick<Transport, 'name' | 'evidence'>) => CallGate) => {
  const gates = new Map<string, CallGate>();
  return ({ name, evidence }) => {
    const known = gates.get(name) ?? new CallGate(clock, evidence !== 'lookup');
    gates.set(name, known);
    return known;
  };
};
