import { Readable } from 'node:stream';
import type DKIM from 'nodemailer/lib/dkim';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailPlan } from '../../domain/mime/compose.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { classifyOpening, classifySending } from './failure.ts';
import type { Relay } from './settings.ts';

/** A relay that does not answer RSET by then gets no further mail on this connection. */
const RESET_MS = 5_000;

/** Loaded when the first mail leaves. */
export interface SmtpLibrary {
  readonly Connection: typeof SMTPConnection;
  readonly dkim: DKIM | undefined;
}

export interface Sent {
  readonly outcome: Outcome;
  /** The connection broke before the server had anything of the mail: another one may take it at once. */
  readonly brokeEarly: boolean;
}

/** One conversation with the relay, for one mail after the other. */
export class SmtpSession {
  readonly #connection: SMTPConnection;
  readonly #relay: Relay;
  readonly #dkim: DKIM | undefined;
  #usable = true;
  mails = 0;

  private constructor(connection: SMTPConnection, relay: Relay, dkim: DKIM | undefined) {
    this.#connection = connection;
    this.#relay = relay;
    this.#dkim = dkim;
    connection.on('error', () => this.close());
    connection.on('end', () => {
      this.#usable = false;
    });
  }

  /** A session, or what its failing means for the mail that wanted one. */
  static async open(library: SmtpLibrary, relay: Relay, signal: AbortSignal): Promise<SmtpSession | Outcome> {
    const connection = new library.Connection(relay.connection);
    const connected = await untilAborted(connection, signal, connect(connection));
    if (connected) return close(connection, classifyOpening(connected, 'connect'));
    const denied = relay.login && (await untilAborted(connection, signal, login(connection, relay.login)));
    if (denied) return close(connection, classifyOpening(denied, 'auth'));
    return new SmtpSession(connection, relay, library.dkim);
  }

  get usable(): boolean {
    return this.#usable;
  }

  close(): void {
    this.#usable = false;
    this.#connection.close();
  }

  async send(plan: MailPlan, chunks: readonly Buffer[], signal: AbortSignal): Promise<Sent> {
    this.mails += 1;
    const content = this.#dkim
      ? this.#dkim.sign(Buffer.concat(chunks))
      : Readable.from(chunks, { objectMode: false });
    const progress = { dotSent: false };
    // Heard before nodemailer hears it: at this event it writes the final dot.
    content.once('end', () => {
      progress.dotSent = true;
    });
    const response = await untilAborted(this.#connection, signal, this.#deliver(plan, content));
    if (typeof response === 'string') return { outcome: this.#accepted(plan, response), brokeEarly: false };
    const outcome = classifySending(response, progress.dotSent);
    await this.#recover(outcome);
    return { outcome, brokeEarly: outcome.kind === 'unreached' && !signal.aborted };
  }

  #deliver(plan: MailPlan, content: Readable): Promise<string | Error> {
    const envelope = { from: plan.returnPath, to: [plan.to], size: plan.size };
    return new Promise((resolve) => {
      this.#connection.send(envelope, content, (fault, info) =>
        resolve(fault ?? info?.response ?? new Error('no reply')),
      );
    });
  }

  #accepted(plan: MailPlan, response: string): Outcome {
    const sesId = this.#relay.isSes ? /^250 ok (\S+)/i.exec(response)?.[1] : undefined;
    return { kind: 'accepted', messageId: sesId ?? plan.messageId };
  }

  /** After a refusal the conversation goes on; after anything else it is over. */
  async #recover(outcome: Outcome): Promise<void> {
    if (!this.#usable || outcome.kind === 'doubtful' || outcome.kind === 'unreached') return this.close();
    const clean = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), RESET_MS);
      this.#connection.once('end', () => resolve(false));
      this.#connection.reset((fault) => {
        clearTimeout(timer);
        resolve(!fault);
      });
    });
    if (!clean) this.close();
  }
}

const connect = (connection: SMTPConnection): Promise<Error | undefined> =>
  new Promise((resolve) => {
    connection.once('error', (fault: Error) => resolve(fault));
    connection.connect((fault) => resolve(fault ?? undefined));
  });

const login = (
  connection: SMTPConnection,
  auth: { user: string; pass: string },
): Promise<Error | undefined> =>
  new Promise((resolve) => {
    connection.once('error', (fault: Error) => resolve(fault));
    connection.login({ user: auth.user, pass: auth.pass }, (fault) => resolve(fault ?? undefined));
  });

const close = (connection: SMTPConnection, outcome: Outcome): Outcome => {
  connection.close();
  return outcome;
};

/** A closed connection never calls back by itself: an abort must answer in its place. */
const untilAborted = <T>(
  connection: SMTPConnection,
  signal: AbortSignal,
  work: Promise<T>,
): Promise<T | Error> => {
  const aborted = () => Object.assign(new Error('aborted'), { code: 'ABORT_ERR' });
  if (signal.aborted) return Promise.resolve(aborted());
  return new Promise((resolve, reject) => {
    const abort = () => {
      connection.close();
      resolve(aborted());
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
};
