import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { takeDsn } from '../../functions/bounce-handler/take-dsn.ts';
import { ADDRESS, addressKey } from '../../shared/domain/address-key.ts';
import { partsOf } from '../../shared/domain/dsn/mime-parts.ts';
import { readDsn, subtypeOfStatus } from '../../shared/domain/dsn/read-dsn.ts';
import { ATTEMPT_PROOF } from '../../shared/domain/identifiers.ts';
import { feedbackWorld } from '../fixtures/feedback-world.ts';
import { openTestStore } from '../fixtures/test-store.ts';

const FOLDER = new URL('../fixtures/dsn/', import.meta.url);
const report = (name: string): string => readFileSync(new URL(`${name}.eml`, FOLDER), 'latin1');
const MAILED = 'customer3@example.com';

type Effect = readonly [delivery: string, counted: number, suppressed: string];
const NOTHING: Effect = ['none', 0, '-'];

/** Reports as servers write them, and what follows from each. */
const EFFECTS: Readonly<Record<string, Effect>> = {
  'postfix-unknown-user': ['bounced', 1, 'bounce *'],
  'postfix-whole-mail': ['bounced', 1, 'bounce *'],
  'postfix-no-domain': ['bounced', 1, 'bounce *'],
  'postfix-forwarded': ['bounced', 1, 'bounce *'],
  'exchange-unknown-user': ['bounced', 1, 'bounce *'],
  'postfix-mailbox-full': ['bounced', 0, '-'],
  'postfix-expired': ['bounced', 0, '-'],
  'postfix-policy': ['bounced', 0, '-'],
  'postfix-delayed': ['delayed', 0, '-'],
  'postfix-delivered': ['delivered', 0, '-'],
  'postfix-relayed': NOTHING,
  'qmail-no-report': NOTHING,
  'out-of-office': NOTHING,
};

describe('a bounce mailbox', () => {
  let world: ReturnType<typeof feedbackWorld>;
  let hash: (address: string) => string;
  let proofOf: (attempt: string) => string;
  beforeEach(async () => {
    world = feedbackWorld(await openTestStore());
    const hasher = await world.vault.hasher();
    hash = (address) => hasher(ADDRESS, addressKey(address));
    proofOf = (attempt) => hasher(ATTEMPT_PROOF, attempt);
    await world.sentRun(5);
    await world.database.run('UPDATE email_send_log SET address_hash = ? WHERE id = ?', [
      hash(MAILED),
      'r1-00000003',
    ]);
  });

  /** As the mail went out: with the proof that its key makes. */
  const proved = (mail: string, attempt?: string): string =>
    mail.replace(
      /^X-Tank-Attempt-Id: (\S+)/m,
      (line, named: string) => `${line}\nX-Tank-Attempt-Proof: ${proofOf(attempt ?? named)}`,
    );

  const effect = async (): Promise<Effect> => {
    const { events } = await world.feedback.window('bounce', { scope: 'account', id: '*' });
    const [entry, ...others] = await world.suppressions.list({ limit: 10 });
    expect(others).toEqual([]);
    if (entry) expect(entry.addressHash).toBe(hash(MAILED));
    const delivery = (await world.sendOf('r1-00000003'))?.delivery ?? '?';
    return [delivery, events, entry ? `${entry.reason} ${entry.scope}` : '-'];
  };

  it('has a report of every kind in the table', () => {
    expect(Object.keys(EFFECTS).sort()).toEqual(
      readdirSync(FOLDER)
        .map((file) => file.replace('.eml', ''))
        .sort(),
    );
  });

  it.each(Object.entries(EFFECTS))('%s has its effect, and once only', async (name, expected) => {
    await takeDsn(world.ports, proved(report(name)));
    await takeDsn(world.ports, proved(report(name)));
    expect(await effect()).toEqual(expected);
    expect(await world.events.count()).toBe(expected === NOTHING ? 0 : 1);
  });

  it.each<[string, (mail: string) => string]>([
    ['of an attempt that nobody made', (mail) => mail.replaceAll('r1-00000003-1', 'r9-00000003-1')],
    [
      'of a guessed attempt, for another address',
      (mail) => mail.replaceAll('r1-00000003-1', 'r1-00000004-1'),
    ],
    ['about an address that was not mailed', (mail) => mail.replaceAll(MAILED, 'victim@example.com')],
    ['without an attempt', (mail) => mail.replaceAll('X-Tank-Attempt-Id', 'X-Other')],
  ])('believes no report %s', async (_, forge) => {
    const forged = proved(forge(report('postfix-unknown-user')));
    expect(await takeDsn(world.ports, forged)).toEqual({ recipients: 1, taken: 0 });
    expect(await effect()).toEqual(NOTHING);
  });

  it.each<[string, (mail: string) => string]>([
    ['without the proof of the mail', (mail) => mail],
    ['with the proof of the mail that its forger got', (mail) => proved(mail, 'r1-00000004-1')],
  ])('believes no report %s, though attempt and address are right', async (_, forge) => {
    const forged = forge(report('postfix-unknown-user'));
    expect(await takeDsn(world.ports, forged)).toEqual({ recipients: 1, taken: 0 });
    expect(await effect()).toEqual(NOTHING);
  });

  it('gives up nobody but the one who was mailed', async () => {
    const forged = report('postfix-unknown-user').replace(
      `Final-Recipient: rfc822; ${MAILED}`,
      'Final-Recipient: rfc822; victim@example.com',
    );
    await takeDsn(world.ports, proved(forged));
    expect(await effect()).toEqual(['bounced', 1, 'bounce *']);
  });

  it('tells two recipients of one report apart', () => {
    const two = report('postfix-unknown-user').replace(
      'Diagnostic-Code: smtp; 550',
      'X-Other: a\n\nFinal-Recipient: rfc822; second@example.com\nAction: failed (no such user)\nStatus: 5.1.1 (bad)\nDiagnostic-Code: smtp; 550',
    );
    expect(readDsn(two)?.recipients.map(({ address, status }) => [address, status])).toEqual([
      [MAILED, '5.1.1'],
      ['second@example.com', '5.1.1'],
    ]);
  });

  it('reads what a header could not hold', () => {
    const coded = report('postfix-unknown-user').replace(
      `rfc822; ${MAILED}`,
      'rfc822; kim+2Bnews@example.com',
    );
    expect(readDsn(coded)?.recipients[0]?.address).toBe('kim+news@example.com');
  });

  it('is read with line ends of any kind, cut anywhere, and garbled', () => {
    const whole = report('postfix-unknown-user');
    expect(readDsn(whole.replaceAll('\n', '\r\n'))?.attemptId).toBe('r1-00000003-1');
    for (let end = 0; end < whole.length; end += 97) readDsn(whole.slice(0, end));
    for (const odd of ['', '\n', 'Content-Type: multipart/report; boundary=""\n\n--\n', '\0\0', 'a:\n b'])
      expect(readDsn(odd)).toBeUndefined();
  });

  it('does not lose itself in parts within parts', () => {
    let mail = 'Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@example.com\n';
    for (let depth = 0; depth < 50; depth += 1)
      mail = `Content-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\n${mail}\n--b${depth}--\n`;
    expect(partsOf(mail)).toHaveLength(1);
    const wide = `Content-Type: multipart/mixed; boundary=x\n\n${'--x\n\na\n'.repeat(10_000)}--x--`;
    expect(partsOf(wide)).toHaveLength(50);
  });
});

describe('a status of RFC 3463', () => {
  it.each([
    ['5.1.1', 'Permanent/General'],
    ['5.1.2', 'Permanent/General'],
    ['5.1.10', 'Permanent/General'],
    ['5.2.1', 'Permanent/General'],
    ['5.4.4', 'Permanent/General'],
    ['5.0.0', 'Permanent/General'],
    ['5.2.2', 'Transient/MailboxFull'],
    ['4.2.2', 'Transient/MailboxFull'],
    ['5.2.3', 'Transient/MessageTooLarge'],
    ['5.3.4', 'Transient/MessageTooLarge'],
    ['5.6.1', 'Transient/ContentRejected'],
    ['5.7.1', 'Transient/ContentRejected'],
    ['5.7.26', 'Transient/ContentRejected'],
    ['5.1.8', 'Transient/ContentRejected'],
    ['5.3.0', 'Undetermined/Undetermined'],
    ['5.5.2', 'Undetermined/Undetermined'],
    ['4.4.7', 'Transient/General'],
  ])('%s is %s', (status, subtype) => {
    expect(subtypeOfStatus(status)).toBe(subtype);
  });
});
