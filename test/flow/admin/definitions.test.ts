import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { enqueueApi } from '../../../shared/wire/enqueue-api.ts';
import { type Office, openOffice, people, sourceOf, statement } from '../../fixtures/office.ts';

const apply = (office: Office, documents: readonly object[], more: object = {}) =>
  office.ask(adminApi.applyDefinitions, { body: { documents, ...more } });
const problems = ({ json }: { json: Readonly<Record<string, unknown>> }) =>
  (json.errors as { field: string; problem: string }[]).map(({ field, problem }) => `${field}: ${problem}`);

describe('applying definitions', () => {
  it('saves sources and automations, and the same twice changes nothing', async () => {
    const office = await openOffice(people(1));
    const documents = [sourceOf(office), statement()];
    const first = await apply(office, documents);
    expect(first.status).toBe(200);
    expect(first.json).toMatchObject({
      sources: [{ name: 'core-db', version: 1, changed: true }],
      automations: [{ name: 'statement', version: 1, changed: true }],
      warnings: [],
    });
    expect((await apply(office, documents)).json).toMatchObject({
      sources: [{ version: 1, changed: false }],
      automations: [{ version: 1, changed: false }],
    });
  });

  it('changes nothing when one of several documents has a fault, and names all faults of all', async () => {
    const office = await openOffice(people(1));
    const answer = await apply(office, [
      sourceOf(office),
      statement(),
      statement({ automation: 'second', source: 'nowhere' }),
      statement({ automation: 'third', mail: { from: 'a@example.com', subject: 's', html: '$(NAMEE)' } }),
    ]);
    expect(answer.status).toBe(400);
    expect(problems(answer)).toEqual([
      'second.source: There is no source named nowhere.',
      'third.mail.html: html 1:1 $(NAMEE) is not mapped; did you mean $(NAME)?',
    ]);
    expect((await office.ask(adminApi.listAutomations)).json.items).toEqual([]);
    expect((await office.ask(adminApi.listSources)).json.items).toEqual([]);
  });

  it('refuses two documents of one name, and an id that is not the one of the name', async () => {
    const office = await openOffice(people(1));
    await apply(office, [sourceOf(office), statement()]);
    expect(problems(await apply(office, [statement(), statement()]))).toEqual([
      'statement.automation: another document of these files has the same name',
    ]);
    const [problem] = problems(await apply(office, [statement({ id: 'another' })]));
    expect(problem).toMatch(/^statement\.id: the name statement belongs to the automation \w+/);
  });

  it('keeps the id through a rename, and the versions of before', async () => {
    const office = await openOffice(people(1));
    const { json } = await apply(office, [sourceOf(office), statement()]);
    const [{ id }] = json.automations as [{ id: string }];
    await apply(office, [statement({ id, automation: 'renamed' })]);
    const versions = await office.ask(adminApi.listVersions, { params: { id: 'renamed' } });
    expect(versions.json.items).toMatchObject([
      { id, name: 'renamed', version: 2 },
      { id, name: 'statement', version: 1 },
    ]);
    expect((await office.ask(adminApi.getAutomation, { params: { id: 'statement' } })).status).toBe(404);
  });

  it('lets an operator save automations but not sources', async () => {
    const office = await openOffice(people(1));
    const as = (documents: object[]) =>
      office.ask(adminApi.applyDefinitions, { body: { documents } }, 'operator');
    expect((await as([sourceOf(office), statement()])).json.code).toBe('forbidden');
    await apply(office, [sourceOf(office)]);
    expect((await as([sourceOf(office), statement()])).status).toBe(200);
    const prune = { documents: [statement()], prune: true };
    expect((await office.ask(adminApi.applyDefinitions, { body: prune }, 'operator')).json.code).toBe(
      'forbidden',
    );
  });
});

describe('pruning', () => {
  it('archives what the files do not hold, and deletes its source', async () => {
    const office = await openOffice(people(1));
    await apply(office, [
      sourceOf(office),
      { ...sourceOf(office), source: 'old-db' },
      statement(),
      statement({ automation: 'old', source: 'old-db' }),
    ]);
    const pruned = await apply(office, [sourceOf(office), statement()], { prune: true });
    expect(pruned.json).toMatchObject({ removed: { sources: ['old-db'], automations: ['old'] }, kept: [] });
    expect((await office.ask(adminApi.listAutomations)).json.items).toMatchObject([{ name: 'statement' }]);
    expect((await office.ask(adminApi.getSource, { params: { id: 'old-db' } })).status).toBe(404);
    expect((await apply(office, [sourceOf(office), statement()], { prune: true })).json).toMatchObject({
      removed: { sources: [], automations: [] },
    });
  });

  it('keeps what a run that has not ended uses, and says by which', async () => {
    const office = await openOffice(people(1));
    await apply(office, [
      sourceOf(office),
      { ...sourceOf(office), source: 'old-db' },
      statement(),
      statement({ automation: 'old', source: 'old-db' }),
    ]);
    const { json } = await office.ask(enqueueApi.startRun, { params: { id: 'old' }, body: {} });
    const pruned = await apply(office, [sourceOf(office), statement()], { prune: true });
    expect(pruned.json).toMatchObject({
      removed: { sources: [], automations: [] },
      kept: [
        { kind: 'automation', name: 'old', by: json.run },
        { kind: 'source', name: 'old-db', by: json.run },
      ],
    });
    await office.work();
    const after = await apply(office, [sourceOf(office), statement()], { prune: true });
    expect(after.json).toMatchObject({ removed: { sources: ['old-db'], automations: ['old'] } });
  });

  it('lets an archived automation come back as itself, remembering whom it has mailed', async () => {
    const office = await openOffice(people(2));
    const documents = [sourceOf(office), statement()];
    const first = await apply(office, documents);
    await office.ask(enqueueApi.startRun, { params: { id: 'statement' }, body: {} });
    await office.work();
    await apply(office, [sourceOf(office), statement({ automation: 'other' })], { prune: true });
    const back = await apply(office, documents);
    const [before] = first.json.automations as [{ id: string }];
    expect(back.json).toMatchObject({ automations: [{ id: before.id, version: 2, changed: true }] });
    const { json } = await office.ask(enqueueApi.startRun, { params: { id: 'statement' }, body: {} });
    await office.work();
    const run = await office.ask(adminApi.getRun, { params: { id: String(json.run) } });
    expect(run.json).toMatchObject({ targets: 2, sent: 0, skipped: 2 });
  });
});

describe('checking without applying', () => {
  it('says what applying would say, and saves nothing', async () => {
    const office = await openOffice(people(1));
    const documents = [sourceOf(office), statement()];
    const checked = await office.ask(adminApi.checkDefinitions, { body: { documents } });
    expect(checked.json).toEqual({ sources: ['core-db'], automations: ['statement'], warnings: [] });
    expect((await office.ask(adminApi.listSources)).json.items).toEqual([]);
  });

  it('needs neither source nor folder when offline, and still finds what needs none', async () => {
    const office = await openOffice(people(1));
    const away = { source: 'core-db', kind: 'oracle', url: 'nowhere.invalid:1521/x' };
    const good = statement({ attachments: { folder: '/not/here', columns: ['F'] } });
    const check = (documents: object[]) =>
      office.ask(adminApi.checkDefinitions, { body: { documents, offline: true } });
    expect((await check([away, good])).status).toBe(200);
    expect((await check([good])).json.warnings).toEqual([
      {
        field: 'statement.source',
        problem: 'the source core-db is not in these files, so the queries are not checked',
      },
    ]);
    const bad = statement({
      writeBack: 'UPDATE CUSTOMER SET SEND_YN = 1',
      mail: { from: 'a@example.com', subject: '$(NAME', html: '<script>$(NAME)</script>$(X|nmber)' },
    });
    const found = problems(await check([away, bad]));
    expect(found).toHaveLength(3);
    expect(found.join('\n')).toMatch(/writeBack: it has no WHERE/);
    expect(found.join('\n')).toMatch(/stands in <script>/);
    expect(found.join('\n')).toMatch(/unknown format nmber/);
  });
});

describe('exporting', () => {
  it('gives documents that change nothing when they are applied again (100 made-up automations)', async () => {
    const office = await openOffice(people(1));
    await apply(office, [sourceOf(office), statement()]);
    await fc.assert(
      fc.asyncProperty(automations, async (document) => {
        const applied = await apply(office, [document]);
        expect(applied.json.errors ?? []).toEqual([]);
        const exported = await office.ask(adminApi.exportDefinitions);
        const again = await apply(office, exported.json.documents as object[]);
        const changed = [...(again.json.sources as Saved[]), ...(again.json.automations as Saved[])];
        expect(changed.filter((one) => one.changed)).toEqual([]);
        const twice = await office.ask(adminApi.exportDefinitions);
        expect(twice.json).toEqual(exported.json);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it('gives one automation with its source, and refuses a name that there is not', async () => {
    const office = await openOffice(people(1));
    await apply(office, [sourceOf(office), { ...sourceOf(office), source: 'other-db' }, statement()]);
    const one = await office.ask(adminApi.exportDefinitions, { query: { automations: 'statement' } });
    expect(one.json.documents).toMatchObject([
      { source: 'core-db' },
      { automation: 'statement', id: expect.any(String) },
    ]);
    expect((await office.ask(adminApi.exportDefinitions, { query: { automations: 'nothing' } })).status).toBe(
      404,
    );
  });
});

interface Saved {
  readonly changed: boolean;
}

const optional = <T>(key: string, value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined }).map((some) => (some === undefined ? {} : { [key]: some }));
const words = fc.string({ unit: fc.constantFrom('가', 'a', ' ', "'", '"', ':', '#', '\n', '-', '$', '%') });
const clock = fc.integer({ min: 0, max: 23 }).map((hour) => `${String(hour).padStart(2, '0')}:30`);

const automations = fc
  .tuple(
    optional('organisation', fc.constantFrom('retail', 'default', 'card')),
    optional('writeBack', fc.constant("UPDATE CUSTOMER SET SEND_YN = 'Y' WHERE CUST_ID = :CUST_ID")),
    optional('inDoubt', fc.constantFrom('hold', 'resend')),
    optional('approval', fc.record({ above: fc.nat(10_000) })),
    optional(
      'canary',
      fc.record({ first: fc.integer({ min: 1, max: 99 }), wait: fc.constantFrom('10m', '90s', '1h') }),
    ),
    optional(
      'schedule',
      fc
        .tuple(clock, fc.integer({ min: 1, max: 31 }))
        .map(([at, day]) => ({ monthly: { day, at }, holidays: 'before' })),
    ),
    fc.constantFrom('new', 'all', 'once-per-30d'),
    words,
    words,
  )
  .map(([organisation, writeBack, inDoubt, approval, canary, schedule, recurrence, subject, html]) => ({
    ...statement(),
    ...organisation,
    ...writeBack,
    ...inDoubt,
    ...approval,
    ...canary,
    ...schedule,
    recipients: {
      target: 'SELECT CUST_ID, EMAIL_ADDR, ATTACH_FILE FROM CUSTOMER',
      key: 'CUST_ID',
      email: 'EMAIL_ADDR',
      recurrence,
    },
    mail: { from: 'a@example.com', subject: `s${subject}`, html: `<p>${html}</p>` },
  }));
