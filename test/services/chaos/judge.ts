import type { Bank } from '../../fixtures/campaign/bank.ts';
import { addressOf, keyOf } from '../../fixtures/campaign/bank.ts';
import type { ListedRun } from '../../fixtures/campaign/daemon.ts';
import type { Entry } from '../../fixtures/ses-stand-in/journal.ts';

/** The truth is the stand-in's journal; the product only says what it has listed. */
export interface Evidence {
  readonly bank: Bank;
  readonly journal: readonly Entry[];
  /** The run as `tank runs RUN --json` tells it. */
  readonly run: ListedRun;
  /** Attempts that were taken and whose answer did not arrive whole, or arrived shortly before a kill. */
  readonly unclear: ReadonlySet<string>;
  /** Mails whose events never arrived, by message id. */
  readonly silenced: ReadonlySet<string>;
}

export interface Verdict {
  readonly accepted: number;
  /** Neither in the journal nor listed with a reason. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Of `twice`: the first acceptance had come back in plain words. */
  readonly twiceWithoutDoubt: readonly string[];
  /** A mail that went to another address than its send says. */
  readonly misdirected: readonly string[];
  /** In the journal, and yet listed as not sent. */
  readonly deniedThoughSent: readonly string[];
  readonly totalsAddUp: boolean;
  /** The product's number of sent mails is the journal's number of recipients, but for those that nothing can prove. */
  readonly sentAgrees: boolean;
  readonly notWrittenBack: readonly string[];
  readonly writtenBackWrongly: readonly string[];
}

const LISTED = new Set(['held', 'failed', 'suppressed', 'skipped', 'cancelled']);

export const judge = ({ bank, journal, run, unclear, silenced }: Evidence): Verdict => {
  const byRecipient = groupByRecipient(journal);
  const provable = new Set(
    journal
      .filter(({ attemptId, messageId }) => !unclear.has(attemptId) || !silenced.has(messageId))
      .map(({ recipient }) => recipient),
  );
  const states = new Map(run.faults.map(({ send, state }) => [numberOf(send), state]));
  const numbers = Array.from({ length: bank.customers }, (_, index) => index + 1);
  const taken = numbers.filter((number) => byRecipient.has(addressOf(number)));
  const known = taken.filter((number) => states.get(number) !== 'held' || provable.has(addressOf(number)));
  const written = bank.writtenBack();
  const twice = [...byRecipient.values()].filter((entries) => entries.length > 1);
  return {
    accepted: journal.length,
    lost: numbers
      .filter((number) => !byRecipient.has(addressOf(number)) && !LISTED.has(states.get(number) ?? ''))
      .map(keyOf),
    twice: twice.map(recipientOf),
    twiceWithoutDoubt: twice
      .filter((entries) => entries.slice(0, -1).some(({ attemptId }) => !unclear.has(attemptId)))
      .map(recipientOf),
    misdirected: journal
      .filter(({ attemptId, recipient }) => addressOf(numberOf(attemptId)) !== recipient)
      .map(({ attemptId }) => attemptId),
    deniedThoughSent: known
      .filter((number) => states.has(number))
      .map((number) => `${keyOf(number)}: ${states.get(number)}`),
    totalsAddUp: totalOf(run) === run.targets && run.targets === bank.customers,
    sentAgrees: run.sent === known.length,
    notWrittenBack: known.map(keyOf).filter((key) => !written.has(key)),
    writtenBackWrongly: [...written].filter((key) => !byRecipient.has(addressOf(Number(key)))),
  };
};

/** Send and attempt ids carry the row's place in the order of the keys, counted from 0: `run-00000042-1`. */
const numberOf = (id: string): number => Number(id.split('-')[1]) + FIRST;
const FIRST = 1;

const totalOf = ({ sent, failed, suppressed, skipped, cancelled, held }: ListedRun): number =>
  sent + failed + suppressed + skipped + cancelled + held;

const groupByRecipient = (journal: readonly Entry[]): Map<string, Entry[]> => {
  const groups = new Map<string, Entry[]>();
  for (const entry of journal) groups.set(entry.recipient, [...(groups.get(entry.recipient) ?? []), entry]);
  return groups;
};

const recipientOf = (entries: readonly Entry[]): string =>
  `${entries[0]?.recipient}: ${entries.map(({ attemptId }) => attemptId).join(', ')}`;
