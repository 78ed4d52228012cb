import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { createBounceHandler } from '../../functions/bounce-handler/handler.ts';
import { TankError } from '../../shared/domain/errors.ts';
import type { Events } from '../../shared/ports/events.ts';
import type { AcceptanceProof, Ledger } from '../../shared/ports/ledger.ts';
import { feedbackWorld } from '../fixtures/feedback-world.ts';
import { lambdaContext } from '../fixtures/identity.ts';
import { failedIds, sqsEvent } from '../fixtures/sqs-event.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const FOLDER = new URL('../fixtures/ses-events/', import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(`${name}.json`, FOLDER), 'utf8');
const fixtures = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

const ATTEMPT = 'r0000000000000000001-00000042-1';
const SEND = 'r0000000000000000001-00000042';
const MESSAGE_ID = '0107019b1f2c3d4e-5a6b7c8d-1234-4abc-9def-0123456789ab-000000';

describe('events of SES', () => {
  let events: Events;
  let proofs: AcceptanceProof[];
  let world: ReturnType<typeof feedbackWorld>;
  let vault: ReturnType<typeof feedbackWorld>['vault'];
  let acceptEvidence: Ledger['acceptEvidence'];
  let handle: (...bodies: string[]) => Promise<string[]>;

  beforeEach(async () => {
    world = feedbackWorld(await openTestStore());
    ({ events, vault } = world);
    proofs = [];
    acceptEvidence = async (given) => {
      proofs.push(...given);
    };
    const ledger: Ledger = { ...world.ledger, acceptEvidence: (given) => acceptEvidence(given) };
    const handler = createBounceHandler({ ...world.ports, ledger: async () => ledger });
    handle = async (...bodies) => failedIds(await handler(sqsEvent(...bodies), lambdaContext()));
  });

  it.each([
    ['send', 'Send', undefined, '2026-03-05T00:00:00.123Z'],
    ['delivery', 'Delivery', undefined, '2026-03-05T00:00:02.345Z'],
    ['bounce-permanent', 'Bounce', 'Permanent/General', '2026-03-05T00:00:03.000Z'],
    ['bounce-transient', 'Bounce', 'Transient/MailboxFull', '2026-03-05T00:00:03.000Z'],
    ['bounce-suppressed', 'Bounce', 'Permanent/OnAccountSuppressionList', '2026-03-05T00:00:03.000Z'],
    ['bounce-undetermined', 'Bounce', 'Undetermined/Undetermined', '2026-03-05T00:00:03.000Z'],
    ['complaint', 'Complaint', 'abuse', '2026-03-06T09:12:00.000Z'],
    ['reject', 'Reject', undefined, '2026-03-05T00:00:00.123Z'],
    ['open', 'Open', undefined, '2026-03-05T01:02:03.004Z'],
    ['click', 'Click', undefined, '2026-03-05T01:03:00.000Z'],
    ['rendering-failure', 'Rendering Failure', undefined, '2026-03-05T00:00:00.123Z'],
    ['delivery-delay', 'DeliveryDelay', 'TransientCommunicationFailure', '2026-03-05T00:30:00.095Z'],
    ['subscription', 'Subscription', 'UnsubscribeAll', '2026-03-07T10:00:00.000Z'],
    ['notification-bounce', 'Bounce', 'Permanent/NoEmail', '2026-03-05T00:00:03.000Z'],
    ['notification-complaint', 'Complaint', 'abuse', '2026-03-06T09:12:00.000Z'],
    ['sns-envelope-delivery', 'Delivery', undefined, '2026-03-05T00:00:02.345Z'],
  ])('%s is stored and proves that the mail was accepted', async (name, type, subtype, time) => {
    expect(await handle(fixture(name))).toEqual([]);
    const [event] = await events.ofSend(SEND);
    expect(event).toMatchObject({ type, messageId: MESSAGE_ID, occurredAt: Date.parse(time) });
    expect(event?.subtype).toBe(subtype);
    const hash = await vault.hasher();
    expect(event?.recipientHash).toBe(hash('address', 'jimin.park@example.com'));
    expect(proofs).toEqual([{ attemptId: ATTEMPT, messageId: MESSAGE_ID, at: Date.parse(time) }]);
  });

  it('a notification without tags and headers is stored, and proves nothing', async () => {
    expect(await handle(fixture('notification-delivery'))).toEqual([]);
    expect(await events.count()).toBe(1);
    expect(proofs).toEqual([]);
  });

  it.each(['notification-set-up', 'sns-envelope-set-up', 'eventbridge-account'])(
    '%s is not about a mail: nothing is stored, nothing fails',
    async (name) => {
      expect(await handle(fixture(name))).toEqual([]);
      expect(await events.count()).toBe(0);
    },
  );

  it('covers every fixture above', async () => {
    expect(await handle(...fixtures.map(fixture))).toEqual([]);
  });

  it('the same event twice, raw or in an envelope, is one event', async () => {
    await handle(fixture('delivery'), fixture('delivery'));
    await handle(fixture('sns-envelope-delivery'));
    expect(await events.count()).toBe(1);
    await handle(fixture('bounce-permanent'));
    expect(await events.count()).toBe(2);
  });

  it('two reports about the same mail and person, told apart by their feedback id, are two events', async () => {
    const second = JSON.parse(fixture('complaint'));
    second.complaint.feedbackId = '0107019b1f2c6666-aaaaaaaa-bbbb-4ccc-8ddd-000000000000-000000';
    await handle(fixture('complaint'), JSON.stringify(second));
    expect(await events.count()).toBe(2);
  });

  it('an event about three people is three rows; the same person in another case is one', async () => {
    const bounce = JSON.parse(fixture('bounce-permanent'));
    bounce.bounce.bouncedRecipients = [
      'a@example.com',
      'B <b@example.com>',
      'A@Example.com',
      'c@example.com',
    ].map((emailAddress) => ({ emailAddress }));
    await handle(JSON.stringify(bounce));
    const hash = await vault.hasher();
    const rows = await events.ofSend(SEND);
    expect(rows.map((row) => row.recipientHash).sort()).toEqual(
      ['a@example.com', 'b@example.com', 'c@example.com'].map((address) => hash('address', address)).sort(),
    );
  });

  it('types, subtypes and fields that nobody has seen yet pass', async () => {
    const event = { ...JSON.parse(fixture('delivery')), eventType: 'Teleported', teleport: { to: 'moon' } };
    expect(await handle(JSON.stringify(event))).toEqual([]);
    expect(await events.ofSend(SEND)).toMatchObject([{ type: 'Teleported' }]);
  });

  it.each([
    ['bounce', 'not an object'],
    ['bounce', { bouncedRecipients: [{ nothing: true }], timestamp: 7 }],
    ['bounce', { bouncedRecipients: null, bounceType: {} }],
  ])('a %s of an unexpected form is still taken in (%j)', async (field, value) => {
    const event = { ...JSON.parse(fixture('bounce-permanent')), [field]: value };
    expect(await handle(JSON.stringify(event))).toEqual([]);
    expect(proofs).toHaveLength(1);
  });

  it('a tag that is no attempt id of ours is left alone', async () => {
    const event = JSON.parse(fixture('send'));
    event.mail.tags['tank-attempt-id'] = ["x'; DROP TABLE"];
    event.mail.headers = [];
    expect(await handle(JSON.stringify(event))).toEqual([]);
    expect(proofs).toEqual([]);
  });

  it('garbage fails alone, with a reason that quotes nothing', async () => {
    const garbage = [
      '',
      '{',
      '[]',
      'null',
      '7',
      '{"eventType":"Bounce","who":"secret@example.com"}',
      '{"mail":{"messageId":"m"}}',
      '{"Type":"Notification","Message":"{secret@example.com"}',
    ];
    expect(await handle(fixture('delivery'), ...garbage, fixture('open'))).toEqual(
      garbage.map((_, index) => `message-${index + 1}`),
    );
    expect(await events.count()).toBe(2);
    expect(world.lines.filter(({ level }) => level === 'error')).toHaveLength(garbage.length);
    expect(JSON.stringify(world.lines)).not.toContain('secret');
  });

  it('when the ledger fails, the message comes again and gives its evidence then', async () => {
    const accept = acceptEvidence;
    acceptEvidence = async () => {
      throw new TankError('store_unavailable', { reason: 'busy' });
    };
    expect(await handle(fixture('delivery'))).toEqual(['message-0']);
    acceptEvidence = accept;
    expect(await handle(fixture('delivery'))).toEqual([]);
    expect(proofs).toHaveLength(1);
    expect(await events.count()).toBe(1);
  });

  it('keeps the notification encrypted at its place, and no address in the open', async () => {
    await handle(fixture('bounce-permanent'));
    const [event] = await events.ofSend(SEND);
    expect(
      JSON.stringify({ ...event, body: Buffer.from(event?.body ?? []).toString('latin1') }),
    ).not.toContain('jimin');
    expect(JSON.stringify(world.lines)).not.toContain('jimin');
    const cipher = await vault.open('events');
    const plain = cipher.decrypt(`delivery_event|body|${event?.id}`, event?.body ?? new Uint8Array());
    expect(JSON.parse(Buffer.from(plain).toString())).toEqual(JSON.parse(fixture('bounce-permanent')));
  });
});
