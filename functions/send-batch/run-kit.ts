import type { AutomationSpec } from '../../shared/domain/automation.ts';
import type { SendPayload } from '../../shared/domain/payload.ts';
import type { Cipher, Hasher } from '../../shared/ports/keys.ts';
import type { Run } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { MappedRows } from '../../shared/use-cases/personalise.ts';
import { automationMails } from './automation-mails.ts';
import type { ReadyMail } from './compose-mail.ts';
import { messageMails } from './message-mails.ts';

/** How the mails of a run come to be: of an automation's template and queries, or of what a client has written. */
export interface MailMaker {
  readonly policy: Pick<AutomationSpec, 'inDoubt' | 'blockLists' | 'mappings'>;
  /** What belongs to each recipient beyond its row, in the same order. */
  map(payloads: readonly SendPayload[]): Promise<readonly MappedRows[]>;
  compose(payload: SendPayload, mapped: MappedRows): Promise<ReadyMail['mail']>;
}

/** What all batches of a run share: made once, kept while the run is worked on. */
export interface RunKit extends MailMaker {
  readonly cipher: Cipher;
  readonly hash: Hasher;
  /** Mails of this run that the transport refused without one between that it took. */
  rejectedInARow: number;
  /** A hold was laid by what the transport said: what is marked and not called yet is taken back. */
  halted: boolean;
}

export interface RunKits {
  of(run: Run): Promise<RunKit>;
}

/** Runs that a worker has at hand at the same time are few; the oldest leaves. */
const KEPT = 20;

export const createRunKits = (ports: Ports): RunKits => {
  const kept = new Map<string, Promise<RunKit>>();
  return {
    of: (run) => {
      const known = kept.get(run.id);
      if (known) return known;
      const kit = makeKit(ports, run);
      kept.set(run.id, kit);
      kit.catch(() => kept.delete(run.id));
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return kit;
    },
  };
};

const makeKit = async (ports: Ports, run: Run): Promise<RunKit> => {
  const vault = await ports.vault();
  const [cipher, hash, mails] = await Promise.all([
    vault.open(run.id),
    vault.hasher(),
    run.client === undefined ? automationMails(ports, run) : messageMails(ports),
  ]);
  return { ...mails, cipher, hash, rejectedInARow: 0, halted: false };
};
