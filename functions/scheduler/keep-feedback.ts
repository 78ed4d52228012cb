import type { Ports } from '../../shared/ports/ports.ts';
import { mirrorPause } from '../../shared/use-cases/mirror-pause.ts';
import { EVENTS, eventPlace, identify, settleFeedback } from '../../shared/use-cases/take-in-feedback.ts';
import { SesEventMessage } from '../../shared/wire/ses-events.ts';

const MINUTE = 60_000;
const SILENCE_MS = 15 * MINUTE;
/** An event is earlier than the commit of its mail by moments, or by a crash and the start after it. */
const LATE_MS = 15 * MINUTE;
const AT_ONCE = 200;

/** What the events need although none comes. */
export const keepFeedback = async (ports: Ports): Promise<void> => {
  await matchEarlyEvents(ports);
  await noticeSilence(ports);
  await mirrorPause(ports);
  await (await ports.events()).forgetOldNotices();
};

/** Events without an attempt that came before the id of their message was written down. */
const matchEarlyEvents = async (ports: Ports): Promise<void> => {
  const events = await ports.events();
  const found = await events.findable(LATE_MS, AT_ONCE);
  if (found.length === 0) return;
  const cipher = await (await ports.vault()).open(EVENTS);
  const told = found.flatMap(({ id, body }) => reread(cipher.decrypt(eventPlace(id), body)));
  const known = await identify(ports, told);
  await settleFeedback(ports, known);
  const sends = await (await ports.feedback()).sendsOf(found.map(({ messageId }) => messageId));
  await events.attach(
    found.flatMap(({ id, messageId }) => {
      const sendId = sends.get(messageId);
      return sendId === undefined ? [] : [{ eventId: id, sendId }];
    }),
  );
};

const reread = (body: Uint8Array) => {
  const parsed = SesEventMessage.safeParse(JSON.parse(Buffer.from(body).toString()));
  return parsed.success && parsed.data ? [parsed.data] : [];
};

/** Mails go out and nothing comes back: then bounces do not come back either, and the pause rule is blind. */
const noticeSilence = async (ports: Ports): Promise<void> => {
  const unheard = await (await ports.events()).unheard(SILENCE_MS);
  for (const [transport, sent] of unheard) {
    if (ports.evidence(transport) === 'events')
      await (await ports.alerts()).raise({ kind: 'no_events', about: transport, facts: { sent } });
  }
};
