import { toTankError } from '../../shared/domain/errors.ts';
import type { MailAttachment, OutgoingMail } from '../../shared/domain/mail.ts';
import { renderMail } from '../../shared/domain/template/render.ts';
import type { Refusal } from '../../shared/ports/ledger.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { mailValues } from '../../shared/use-cases/personalise.ts';
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

/** Renders one mail and opens its files again; a fault is this recipient's alone. */
export const composeMail = async (ports: Ports, kit: RunKit, draft: Draft): Promise<Composed> => {
  const { sendId, call } = draft;
  try {
    return { ready: { sendId, call, draft, mail: await compose(ports, kit, draft) } };
  } catch (thrown) {
    const { code, class: errorClass, facts } = toTankError(thrown);
    if (code === 'internal') ports.runtime.log.error('mail not composed', { sendId }, thrown);
    return { refused: { sendId, to: 'failed', fault: { code, class: errorClass, facts } } };
  }
};

const compose = async (ports: Ports, kit: RunKit, draft: Draft): Promise<ReadyMail['mail']> => {
  const { mail } = kit.spec;
  const { payload } = draft;
  const rendered = renderMail(kit.template, mailValues(kit.spec, payload.row, draft.mapped));
  return {
    from: mail.from,
    to: payload.address,
    ...(mail.replyTo ? { replyTo: mail.replyTo } : {}),
    ...(mail.returnPath ? { returnPath: mail.returnPath } : {}),
    ...rendered,
    attachments: await openFiles(ports, payload.files),
    headers: {},
    tags: {},
  };
};

const openFiles = async (ports: Ports, files: Draft['payload']['files']): Promise<MailAttachment[]> => {
  if (files.length === 0) return [];
  const attachments = await ports.attachments();
  return Promise.all(
    files.map(async ({ file }) => ({
      fileName: file.fileName,
      contentType: file.contentType,
      content: await attachments.read(file),
      sha256: file.sha256,
    })),
  );
};
