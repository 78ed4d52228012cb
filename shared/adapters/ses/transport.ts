import { setMaxListeners } from 'node:events';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { OutgoingMail } from '../../domain/mail.ts';
import { type MailPlan, spliceMail, spliceMailAsBase64 } from '../../domain/mime/compose.ts';
import { Encodings } from '../../domain/mime/encodings.ts';
import { prepareMail } from '../../domain/mime/prepare.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { Transport } from '../../ports/transport.ts';
import { AccountLimits } from './account.ts';
import { endpointOf } from './endpoint.ts';
import { type FreshSockets, openFreshSockets } from './fresh-sockets.ts';
import { leanSend } from './lean-send.ts';
import { type SendEmailFields, toRequestBody, toSendEmailFields } from './request.ts';
import { stockSend } from './stock-send.ts';

export interface SesSettings {
  readonly region: string;
  /** None: the region's own. */
  readonly endpoint?: string;
  /** Without it there are no events, and so no evidence. */
  readonly configurationSet?: string;
  /** `lean` unless said otherwise. */
  readonly client?: 'lean' | 'stock';
  readonly maxSockets?: number;
}

type Send = (mail: OutgoingMail, signal: AbortSignal) => Promise<Outcome>;

/** Everything that needs the SDK, loaded when the first mail leaves. */
interface Connection {
  readonly client: SESv2Client;
  readonly sockets: FreshSockets;
  readonly send: Send;
}

export const createSesTransport = (settings: SesSettings, clock: Clock): Transport => {
  let opening: Promise<Connection> | undefined;
  const connect = (): Promise<Connection> => {
    opening ??= openConnection(settings, clock).catch((fault: unknown) => {
      opening = undefined;
      throw fault;
    });
    return opening;
  };
  const account = new AccountLimits(async () => (await connect()).client, clock);
  return {
    name: 'ses',
    evidence: settings.configurationSet === undefined ? 'none' : 'events',
    send: async (mail, signal) => {
      // A whole wave shares one signal: that is no leak.
      setMaxListeners(0, signal);
      const opened = await connect().catch(whyNotOpen);
      if ('kind' in opened) return opened;
      return opened.send(mail, signal).catch(() => ({ kind: 'doubtful', code: 'internal' }));
    },
    lookup: async (attemptIds) => new Map(attemptIds.map((id) => [id, { kind: 'unknown' }])),
    limits: () => account.get(),
    close: async () => {
      const connection = await opening?.catch(() => undefined);
      connection?.client.destroy();
      connection?.sockets.close();
    },
  };
};

const whyNotOpen = (fault: unknown): Outcome => {
  const isCredentials = fault instanceof Error && fault.name === 'CredentialsProviderError';
  return { kind: 'stopped', code: isCredentials ? 'CredentialsProviderError' : 'ses_client' };
};

const openConnection = async (settings: SesSettings, clock: Clock): Promise<Connection> => {
  const { SESv2Client } = await import('@aws-sdk/client-sesv2');
  const sockets = openFreshSockets(settings.maxSockets ?? 128, clock);
  const client = new SESv2Client({
    region: settings.region,
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    // The SDK's default of 3 attempts would repeat a mail whose answer was lost.
    maxAttempts: 1,
    requestHandler: { httpAgent: sockets.httpAgent, httpsAgent: sockets.httpsAgent },
  });
  const post = await (settings.client === 'stock'
    ? stockPost(client, sockets)
    : leanPost(client, settings.region, sockets, clock));
  return { client, sockets, send: sendWith(post, settings, clock) };
};

/** How a mail that was laid out becomes a call. */
type Post = (
  fields: SendEmailFields,
  plan: MailPlan,
  encodings: Encodings,
  signal: AbortSignal,
) => Promise<Outcome>;

const sendWith = (post: Post, settings: SesSettings, clock: Clock): Send => {
  const encodings = new Encodings();
  return async (mail, signal) => {
    const prepared = prepareMail(mail, clock.now());
    if (!prepared.ok) return prepared.outcome;
    return post(
      toSendEmailFields(mail, prepared.plan, settings.configurationSet),
      prepared.plan,
      encodings,
      signal,
    );
  };
};

const leanPost = async (
  client: SESv2Client,
  region: string,
  sockets: FreshSockets,
  clock: Clock,
): Promise<Post> => {
  const send = leanSend(client, await endpointOf(client), region, sockets, clock);
  return (fields, plan, encodings, signal) =>
    send(toRequestBody(fields, spliceMailAsBase64(plan, encodings)), signal);
};

const stockPost = async (client: SESv2Client, sockets: FreshSockets): Promise<Post> => {
  const send = await stockSend(client, sockets);
  return (fields, plan, encodings, signal) =>
    send(fields, Buffer.concat(spliceMail(plan, encodings)), signal);
};
