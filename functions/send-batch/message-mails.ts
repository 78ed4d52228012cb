import {
  attachmentsOf,
  bodiesOf,
  type ClientMail,
  contentPlace,
  decodeClientMail,
} from '../../shared/domain/client-mail.ts';
import { TankError } from '../../shared/domain/errors.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { ReadyMail } from './compose-mail.ts';
import type { MailMaker } from './run-kit.ts';

/** A message to several is read once for all of them; more at hand would only be memory. */
const KEPT = 2;

/** What a client has written, to each of its recipients by itself. In doubt it always waits for a person. */
export const messageMails = (ports: Ports): MailMaker => {
  const kept = new Map<string, Promise<ClientMail>>();
  const contentOf = (id: string): Promise<ClientMail> => {
    const known = kept.get(id);
    if (known) return known;
    const read = readContent(ports, id);
    kept.set(id, read);
    read.catch(() => kept.delete(id));
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return read;
  };
  return {
    policy: { inDoubt: 'hold', mappings: [] },
    map: async (payloads) => payloads.map(() => ({})),
    compose: async ({ key: message, address }) => toMail(message, await contentOf(message), address),
  };
};

/** The message lies with the run that took it; one that is sent again belongs to another run. */
const readContent = async (ports: Ports, id: string): Promise<ClientMail> => {
  const messages = await ports.messages();
  const [message, content] = await Promise.all([messages.find(id), messages.content(id)]);
  if (!message || !content) throw new TankError('not_found', { what: 'message' });
  const cipher = await (await ports.vault()).open(message.runId);
  return decodeClientMail(cipher.decrypt(contentPlace(id), content));
};

const toMail = (message: string, mail: ClientMail, to: string): ReadyMail['mail'] => ({
  from: mail.from,
  to,
  ...(mail.replyTo === undefined ? {} : { replyTo: mail.replyTo }),
  subject: mail.subject,
  ...bodiesOf(mail),
  attachments: attachmentsOf(message, mail),
  headers: mail.headers,
  tags: {},
});
