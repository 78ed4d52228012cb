import { setMaxListeners } from 'node:events';
import { MAX_MAIL_BYTES, type OutgoingMail } from '../../domain/mail.ts';
import { type MailPlan, type OwnFields, spliceMail } from '../../domain/mime/compose.ts';
import { Encodings } from '../../domain/mime/encodings.ts';
import { prepareMail } from '../../domain/mime/prepare.ts';
import { toSesTags } from '../../domain/mime/ses-tags.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { Transport } from '../../ports/transport.ts';
import { type Lease, SmtpPool } from './pool.ts';
import { type SmtpLibrary, SmtpSession } from './session.ts';
import { type DkimSettings, type Relay, readSmtpSettings, type SmtpSettings } from './settings.ts';

/** Throws invalid_definition when the settings would send without TLS over a network. */
export const createSmtpTransport = (settings: SmtpSettings, clock: Clock): Transport => {
  const relay = readSmtpSettings(settings);
  let library: Promise<SmtpLibrary> | undefined;
  const open = async (signal: AbortSignal) => {
    library ??= loadLibrary(settings.dkim);
    const loaded = await library.catch(() => undefined);
    return loaded
      ? SmtpSession.open(loaded, relay, signal)
      : ({ kind: 'stopped', code: 'smtp_client' } as const);
  };
  const pool = new SmtpPool(open, settings.maxConnections ?? 5, clock);
  const encodings = new Encodings();
  return {
    name: 'smtp',
    evidence: 'none',
    send: async (mail, signal) => {
      // A whole wave shares one signal: that is no leak.
      setMaxListeners(0, signal);
      const prepared = prepareMail(mail, clock.now(), ownFieldsOf(mail, relay, settings));
      if (!prepared.ok) return prepared.outcome;
      return sendThrough(pool, prepared.plan, encodings, signal).catch(() => ({
        kind: 'doubtful',
        code: 'internal',
      }));
    },
    lookup: async (attemptIds) => new Map(attemptIds.map((id) => [id, { kind: 'unknown' }])),
    limits: async () => ({ maxMailBytes: MAX_MAIL_BYTES }),
    close: async () => pool.close(),
  };
};

const loadLibrary = async (dkim: DkimSettings | undefined): Promise<SmtpLibrary> => {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  if (!dkim) return { Connection, dkim: undefined };
  const { default: Dkim } = await import('nodemailer/lib/dkim');
  const { domain, selector, privateKey } = dkim;
  return { Connection, dkim: new Dkim({ domainName: domain, keySelector: selector, privateKey }) };
};

const sendThrough = async (
  pool: SmtpPool,
  plan: MailPlan,
  encodings: Encodings,
  signal: AbortSignal,
): Promise<Outcome> => {
  const lease = await pool.take(signal);
  if ('kind' in lease) return lease;
  const first = await sendOver(lease, plan, encodings, signal);
  // A relay may end a conversation between two mails. Nothing of this mail was said, so it is not a try.
  if (!first.brokeEarly || !lease.reused) {
    pool.giveBack(lease.session);
    return first.outcome;
  }
  lease.session.close();
  const fresh = await pool.replace(signal);
  if ('kind' in fresh) return fresh;
  const second = await sendOver(fresh, plan, encodings, signal);
  pool.giveBack(fresh.session);
  return second.outcome;
};

const sendOver = ({ session }: Lease, plan: MailPlan, encodings: Encodings, signal: AbortSignal) =>
  session.send(plan, spliceMail(plan, encodings), signal);

/** SES takes tags over SMTP as header fields, and removes them; to any other relay they would only be told. */
const ownFieldsOf = (mail: OutgoingMail, relay: Relay, settings: SmtpSettings): OwnFields => {
  if (!relay.isSes) return {};
  const tags = Array.from(toSesTags(mail), ([name, value]) => `${name}=${value}`).join(', ');
  return {
    ...(settings.sesConfigurationSet === undefined
      ? {}
      : { 'X-SES-CONFIGURATION-SET': settings.sesConfigurationSet }),
    'X-SES-MESSAGE-TAGS': tags,
  };
};
