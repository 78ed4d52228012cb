import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AtomicResult, Step } from '../../ports/database.ts';
import type { Outcome, SqliteConnection } from './connection.ts';
import { patiently } from './patience.ts';

interface Caller {
  readonly steps: readonly Step[];
  readonly since: number;
  readonly resolve: (result: AtomicResult) => void;
  readonly reject: (fault: unknown) => void;
}

/** More callers than this wait for the next commit, so that the first of them is not kept for long. */
const GROUP_CALLERS = 64;

/** Callers that come at the same time share one commit: one fsync, where a disk does a few hundred a second. */
export class GroupCommit {
  readonly #connection: SqliteConnection;
  readonly #patienceMs: number;
  #waiting: Caller[] = [];
  #drained: Promise<void> | undefined;

  constructor(connection: SqliteConnection, patienceMs: number) {
    this.#connection = connection;
    this.#patienceMs = patienceMs;
  }

  submit(steps: readonly Step[]): Promise<AtomicResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ steps, since: performance.now(), resolve, reject });
      this.#drained ??= this.#drain();
    });
  }

  /** Resolves when everything submitted so far is settled. */
  async idle(): Promise<void> {
    await this.#drained;
  }

  async #drain(): Promise<void> {
    await nextTurn();
    while (this.#waiting.length > 0) {
      await this.#commit(this.#waiting.splice(0, GROUP_CALLERS));
      await nextTurn();
    }
    this.#drained = undefined;
  }

  async #commit(group: readonly Caller[]): Promise<void> {
    const until = Math.max(...group.map((caller) => caller.since)) + this.#patienceMs;
    try {
      const outcomes = await patiently(
        () => this.#connection.atomic(group.map((caller) => caller.steps)),
        until,
      );
      group.forEach((caller, index) => {
        settle(caller, outcomes[index]);
      });
    } catch (fault) {
      for (const caller of group) caller.reject(fault);
    }
  }
}

const settle = (caller: Caller, outcome: Outcome | undefined): void => {
  if (outcome && 'result' in outcome) caller.resolve(outcome.result);
  else caller.reject(outcome?.fault);
};
