import { toTankError } from '../../shared/domain/errors.ts';
import type { OutgoingMail } from '../../shared/domain/mail.ts';
import type { Refusal } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Draft } from './draft-mails.ts';
import type { RunKit } from './run-kit.ts';

export interface ReadyMail {
  readonly sendId: string;
  readonly call: number;
  /** To be called again with, when this call costs nothing. */
  readonly draft: Draft;
  readonly mail: Omit<OutgoingMail, 'attemptId' | 'runId'>;
}

export type Composed = { readonly ready: ReadyMail } | { readonly refused: Refusal };

/** One mail with its files opened again; a fault is this recipient's alone, and what waiting mends is nobody's. */
export const composeMail = async (ports: Ports, kit: RunKit, draft: Draft): Promise<Composed> => {
  const { sendId, call } = draft;
  try {
    return { ready: { sendId, call, draft, mail: await kit.compose(draft.payload, draft.mapped) } };
  } catch (thrown) {
    const { code, class: errorClass, facts, disposition } = toTankError(thrown);
    if (disposition === 'defer') throw thrown;
    if (code === 'internal') ports.runtime.log.error('mail not composed', { sendId }, thrown);
    return { refused: { sendId, to: 'failed', fault: { code, class: errorClass, facts } } };
  }
};
