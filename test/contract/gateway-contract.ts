import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqlClients } from '../../shared/adapters/sql/gateway/clients.ts';
import { createSqlMessages } from '../../shared/adapters/sql/gateway/messages.ts';
import type { ClientSpec } from '../../shared/domain/client.ts';
import type { Clients } from '../../shared/ports/clients.ts';
import type { Messages, NewMessage, OpenRun, Place } from '../../shared/ports/messages.ts';
import { aRun, aSend, type LedgerDriver } from '../fixtures/ledger-driver.ts';

const DAY = 24 * 3_600_000;
const LEASE = 60_000;
const FIRST_LOOK = 1_000;

const aDay = (over: Partial<OpenRun> = {}): OpenRun => ({
  ...aRun({ automationId: 'client:billing', lane: 'urgent', writesBack: false, startedBy: 'client:billing' }),
  client: 'billing',
  openUntil: 1_000_000 + DAY,
  ...over,
});

const aMail = (place: Place, over: Partial<NewMessage> & { readonly mails?: number } = {}): NewMessage => {
  const { mails = 1, ...rest } = over;
  const sends = Array.from({ length: mails }, (_, n) => aSend(place.runId, place.number + n, undefined));
  const { id = '' } = sends[0] ?? {};
  return {
    id,
    clientId: 'billing',
    place,
    sends: sends.map((send) => ({ ...send, keyHash: send.id })),
    content: new Uint8Array([7, 0, 255]),
    bodyHash: 'body',
    callback: false,
    ...rest,
  };
};

const aClient = (id: string, over: Partial<ClientSpec> = {}) => ({
  spec: {
    id,
    title: id,
    organisation: 'retail',
    senders: ['@example.com'],
    recipients: ['*'],
    maxBytes: 1000,
    perMinute: 1,
    perDay: 1,
    addressRanges: [],
    identities: [],
    enabled: true,
    ...over,
  } satisfies ClientSpec,
  createdBy: 'os:test',
});

/** Mails that were promised with a 202, and whoever may ask for them. */
export const gatewayContract = (name: string, open: () => Promise<LedgerDriver>): void => {
  describe(`messages on ${name}`, () => {
    let driver: LedgerDriver;
    let messages: Messages;
    /** Another process on the same store. */
    let rival: Messages;
    beforeEach(async () => {
      driver = await open();
      [messages, rival] = [1, 2].map(() => createSqlMessages(driver.database, driver.dialect)) as [
        Messages,
        Messages,
      ];
    });
    afterEach(() => driver.close());

    const accept = async (over: Parameters<typeof aMail>[1] = {}, by = messages, run = aDay()) => {
      const message = aMail(await by.reserve(run, over.mails ?? 1), over);
      return { message, accepted: await by.accept(message) };
    };
    const targetsOf = async (runId: string) => (await driver.ledger.run(runId))?.targets;

    it('are sends of the ledger in batches of the urgent lane, once they are accepted', async () => {
      const { message, accepted } = await accept({ mails: 2 });
      expect(accepted).toEqual({ kind: 'accepted' });
      expect(await messages.find(message.id)).toEqual({
        id: message.id,
        clientId: 'billing',
        runId: 'r1',
        sendIds: message.sends.map(({ id }) => id),
        bodyHash: 'body',
        createdAt: 1_000_000,
      });
      expect(Buffer.from((await messages.content(message.id)) ?? [])).toEqual(Buffer.from([7, 0, 255]));
      const sends = await messages.sends(message.sends.map(({ id }) => id));
      expect(sends.map(({ id, state }) => [id, state])).toEqual(
        message.sends.map(({ id }) => [id, 'pending']),
      );
      expect(await targetsOf('r1')).toBe(2);
      expect(await messages.find('r1-99999999')).toBeUndefined();
      expect(await messages.sends([])).toEqual([]);
    });

    it('of two processes at the same moment share one run, each with numbers of its own', async () => {
      const all = await Promise.all(
        Array.from({ length: 120 }, (_, n) =>
          accept({}, n % 2 ? rival : messages, aDay({ id: n % 2 ? 'r2' : 'r1' })),
        ),
      );
      expect(new Set(all.map(({ accepted }) => accepted.kind))).toEqual(new Set(['accepted']));
      expect(new Set(all.map(({ message }) => message.id)).size).toBe(120);
      const runs = new Set(all.map(({ message }) => message.place.runId));
      expect(runs.size).toBe(1);
      expect(await targetsOf([...runs][0] ?? '')).toBe(120);
    });

    it('with one key are one message, whichever process was asked', async () => {
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, n) => accept({ idempotencyHash: 'key' }, n % 2 ? rival : messages)),
      );
      const won = all.filter(({ accepted }) => accepted.kind === 'accepted');
      expect(won).toHaveLength(1);
      const id = won[0]?.message.id;
      for (const { accepted } of all)
        if (accepted.kind !== 'accepted')
          expect(accepted).toMatchObject({ kind: 'repeated', message: { id, bodyHash: 'body' } });
      expect((await rival.repeated('key'))?.id).toBe(id);
      expect(await targetsOf('r1')).toBe(1);
    });

    it('give their key free after a day, and stay', async () => {
      const { message: first } = await accept({ idempotencyHash: 'key' });
      await driver.pass(DAY - 1);
      expect((await messages.repeated('key'))?.id).toBe(first.id);
      await driver.pass(2);
      expect(await messages.repeated('key')).toBeUndefined();
      const next = aDay({ id: 'r2', businessDate: '2026-03-06', openUntil: 1_000_000 + 2 * DAY });
      const { message: second, accepted } = await accept({ idempotencyHash: 'key' }, rival, next);
      expect(accepted).toEqual({ kind: 'accepted' });
      expect((await messages.repeated('key'))?.id).toBe(second.id);
      expect((await messages.find(first.id))?.id).toBe(first.id);
    });

    it('find the run cancelled or at its end, leave nothing in it, and open the next', async () => {
      const { message: first } = await accept();
      const late = aMail(await messages.reserve(aDay(), 1), { idempotencyHash: 'key' });
      await driver.ledger.cancelRun('r1', 'os:test');
      expect(await messages.accept(late)).toEqual({ kind: 'closed' });
      expect(await messages.find(late.id)).toBeUndefined();
      expect(await messages.repeated('key')).toBeUndefined();
      expect(await targetsOf('r1')).toBe(1);
      const { message, accepted } = await accept({}, messages, aDay({ id: 'r2' }));
      expect([accepted.kind, message.place.runId]).toEqual(['accepted', 'r2']);
      await driver.pass(DAY + 1);
      expect((await accept({}, messages, aDay({ id: 'r2' }))).accepted).toEqual({ kind: 'closed' });
      expect((await messages.find(first.id))?.runId).toBe('r1');
    });

    it('lose what they say when they are old and settled, and never while they may still go out', async () => {
      const { message: settled } = await accept();
      await driver.ledger.cancelRun('r1', 'os:test');
      const { message: waiting } = await accept({}, rival, aDay({ id: 'r2' }));
      const { message: held } = await accept({}, rival, aDay({ id: 'r2' }));
      await driver.database.run(`UPDATE email_send_log SET state = 'held' WHERE id = ?`, [held.id]);
      await driver.pass(DAY);
      expect(await messages.forgetContents(DAY, 10)).toBe(0);
      await driver.pass(1);
      expect(await messages.forgetContents(DAY, 10)).toBe(1);
      expect(await messages.forgetContents(DAY, 10)).toBe(0);
      expect(await messages.content(settled.id)).toBeUndefined();
      expect((await messages.find(settled.id))?.id).toBe(settled.id);
      for (const { id } of [waiting, held]) expect(await messages.content(id)).toBeDefined();
      await driver.ledger.cancelRun('r2', 'os:test');
      expect(await messages.forgetContents(DAY, 10)).toBe(1);
      expect(await messages.content(held.id)).toBeDefined();
    });

    it('are told about once all their mails are settled, by one process at a time', async () => {
      const { message } = await accept({ callback: true, mails: 2 });
      await accept({ callback: false });
      await driver.pass(FIRST_LOOK);
      expect(await messages.takeCallbacks(10, LEASE)).toEqual([]);
      await driver.ledger.cancelRun('r1', 'os:test');
      const taken = await Promise.all([messages, rival].map((one) => one.takeCallbacks(10, LEASE)));
      expect(taken.flat()).toMatchObject([{ message: { id: message.id }, tries: 1 }]);
      expect(await rival.takeCallbacks(10, LEASE)).toEqual([]);
      await driver.pass(LEASE);
      expect(await rival.takeCallbacks(10, LEASE)).toMatchObject([{ tries: 2 }]);
      await messages.endCallback(message.id, 5_000);
      await driver.pass(4_999);
      expect(await messages.takeCallbacks(10, LEASE)).toEqual([]);
      await driver.pass(1);
      expect(await messages.takeCallbacks(10, LEASE)).toMatchObject([{ tries: 3 }]);
      await messages.endCallback(message.id);
      await driver.pass(DAY);
      expect(await messages.takeCallbacks(10, LEASE)).toEqual([]);
    });
  });

  describe(`clients on ${name}`, () => {
    let driver: LedgerDriver;
    let clients: Clients;
    beforeEach(async () => {
      driver = await open();
      clients = createSqlClients(driver.database, driver.dialect);
    });
    afterEach(() => driver.close());

    const whoIs = async (key: string, fingerprint = 'f0') =>
      (await clients.present([key], fingerprint)).clients.map(({ spec }) => spec.id);

    it('are known by their own name and by what was agreed, and by nothing that is another’s', async () => {
      const billing = aClient('billing', { identities: [{ dns: 'ERP.example.com' }] });
      expect(await clients.add(billing)).toBe(true);
      expect(await clients.add(billing)).toBe(false);
      expect(await clients.add(aClient('crm', { identities: [{ dns: 'erp.example.com' }] }))).toBe(false);
      expect(await clients.find('crm')).toBeUndefined();
      expect(await whoIs('urn:tank:client:billing')).toEqual(['billing']);
      expect(await whoIs('dns:erp.example.com')).toEqual(['billing']);
      expect(await whoIs('urn:tank:client:crm')).toEqual([]);
      expect(await clients.find('billing')).toMatchObject({ spec: billing.spec, version: 1 });
    });

    it('of two that ask for the same identity at once one gets it', async () => {
      const asked = ['a', 'b', 'c', 'd'].map((id) =>
        clients.add(aClient(id, { identities: [{ issuer: 'CN=CA', serial: '0a:1b' }] })),
      );
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
      expect(await whoIs('serial:A1B|CN=CA')).toHaveLength(1);
      expect(await clients.list()).toHaveLength(1);
    });

    it('are changed by whoever knows their present version, and removed with their identities', async () => {
      const secret = new Uint8Array([0, 1, 2]);
      await clients.add(aClient('billing', { identities: [{ dns: 'old.example.com' }] }));
      const held = await clients.find('billing');
      const next = aClient('billing', { enabled: false, identities: [{ dns: 'new.example.com' }] });
      const change = { ...next, version: 1, createdAt: held?.createdAt ?? 0, callbackSecret: secret };
      const changes = await Promise.all([clients.replace(change, 1), clients.replace(change, 1)]);
      expect(changes.filter(Boolean)).toHaveLength(1);
      expect(await whoIs('dns:old.example.com')).toEqual([]);
      expect(await whoIs('dns:new.example.com')).toEqual(['billing']);
      const changed = await clients.find('billing');
      expect([changed?.version, changed?.spec.enabled]).toEqual([2, false]);
      expect(Buffer.from(changed?.callbackSecret ?? [])).toEqual(Buffer.from(secret));
      expect([await clients.remove('billing'), await clients.remove('billing')]).toEqual([true, false]);
      expect(await whoIs('dns:new.example.com')).toEqual([]);
      expect(await clients.add(aClient('other', { identities: [{ dns: 'new.example.com' }] }))).toBe(true);
    });

    it('have certificates that are noted once, seen to the minute, and barred by their number', async () => {
      await clients.add(aClient('billing'));
      const note = (fingerprint: string, serial: string, seen: boolean, clientId = 'billing') =>
        clients.noteCertificate({ fingerprint, clientId, serial, issuer: 'CN=CA', notAfter: 5 }, seen);
      await Promise.all([note('f1', '0a:1b', false), note('f1', 'A1B', true)]);
      await note('f2', 'C2', false);
      await note('f3', 'A1B', false, 'crm');
      const seenAt = (await clients.certificates('billing'))[0]?.seenAt;
      await driver.pass(59_000);
      await note('f1', 'A1B', true);
      expect(await clients.certificates('billing')).toEqual([
        { fingerprint: 'f1', clientId: 'billing', serial: 'A1B', issuer: 'CN=CA', notAfter: 5, seenAt },
        { fingerprint: 'f2', clientId: 'billing', serial: 'C2', issuer: 'CN=CA', notAfter: 5 },
      ]);
      expect(await clients.revoke('billing', '0A:1B', 'os:test', 'the key was lost')).toBe(1);
      expect(await clients.revoke('billing', '0A:1B', 'os:test', 'again')).toBe(0);
      const barred = await Promise.all(
        ['f1', 'f2', 'f3'].map((one) => clients.present(['urn:tank:client:billing'], one)),
      );
      expect(barred.map(({ revoked }) => revoked)).toEqual([true, false, false]);
      expect(await clients.certificates()).toHaveLength(3);
    });
  });
};
