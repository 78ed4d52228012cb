import { toTankError } from '../../shared/domain/errors.ts';
import { createLimit } from '../../shared/domain/limit.ts';
import type { Client } from '../../shared/ports/clients.ts';
import type { DueCallback } from '../../shared/ports/messages.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { openCallbackSecret } from '../../shared/use-cases/callback-secret.ts';
import { describeMessage } from '../../shared/use-cases/describe-message.ts';

export type TellPorts = Pick<
  Ports,
  'runtime' | 'messages' | 'clients' | 'publicWeb' | 'vault' | 'secretMaker' | 'alerts'
>;

const AT_ONCE = 50;
const SIDE_BY_SIDE = 10;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;
/** Longer than all tries of one taking together. */
const LEASE_MS = 120_000;
const STOP_BEFORE_END_MS = 30_000;
/** A minute, doubled each time: the last one comes after about a day. */
const FIRST_WAIT_MS = 60_000;
const MOST_TRIES = 11;

/** Tells each client what became of its mails, once all of a message's are settled; repeated until it says so. */
export const tellClients = async (ports: TellPorts, remainingMs: () => number): Promise<void> => {
  const messages = await ports.messages();
  const limit = createLimit(SIDE_BY_SIDE);
  while (remainingMs() > STOP_BEFORE_END_MS) {
    const due = await messages.takeCallbacks(AT_ONCE, LEASE_MS);
    await Promise.all(due.map((callback) => limit(() => tell(ports, callback))));
    if (due.length < AT_ONCE) return;
  }
};

const tell = async (ports: TellPorts, { message, tries }: DueCallback): Promise<void> => {
  const { log } = ports.runtime;
  const messages = await ports.messages();
  const client = await (await ports.clients()).find(message.clientId);
  const fault = client ? await post(ports, client, message).catch(reasonOf) : undefined;
  if (fault === undefined) return messages.endCallback(message.id);
  const isLast = tries >= MOST_TRIES;
  log.warn(isLast ? 'callback_given_up' : 'callback_failed', { message: message.id, tries, reason: fault });
  await messages.endCallback(message.id, isLast ? undefined : FIRST_WAIT_MS * 2 ** (tries - 1));
};

const reasonOf = (thrown: unknown): string => {
  const { code, facts } = toTankError(thrown);
  return code === 'web_failed' ? String(facts.reason) : code;
};

/** What went wrong; undefined: it was heard, or nobody wants to hear it any more. */
const post = async (
  ports: TellPorts,
  client: Client,
  message: DueCallback['message'],
): Promise<string | undefined> => {
  const { callbackUrl } = client.spec;
  const secret = await openCallbackSecret(ports, client);
  if (!callbackUrl || !secret) return undefined;
  const sends = await (await ports.messages()).sends(message.sendIds);
  const body = JSON.stringify({ event: 'message.settled', ...describeMessage(message, sends, 'en') });
  const at = Math.floor(ports.runtime.clock.now() / 1000);
  const { status } = await (await ports.publicWeb()).exchange({
    url: callbackUrl,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Tank',
      'tank-message': message.id,
      'tank-signature': `t=${at},v1=${ports.secretMaker.sign(secret, `${at}.${body}`)}`,
    },
    body,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  return status >= 200 && status < 300 ? undefined : `it answered ${status}`;
};
