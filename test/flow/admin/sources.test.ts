import { describe, expect, it } from 'vitest';
import { createAdminHandler } from '../../../functions/admin/handler.ts';
import type { Source, SourceReport } from '../../../shared/ports/source.ts';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { routeKey } from '../../../shared/wire/api.ts';
import { enqueueApi } from '../../../shared/wire/enqueue-api.ts';
import { ask } from '../../fixtures/identity.ts';
import { type Office, openOffice, people, sourceOf, statement } from '../../fixtures/office.ts';

const params = { id: 'core-db' };

describe('sources over the API', () => {
  it('are added, read, replaced under If-Match and removed', async () => {
    const office = await openOffice(people(1));
    const added = await office.ask(adminApi.addSource, { body: sourceOf(office) });
    expect(added).toMatchObject({
      status: 201,
      headers: { etag: '"1"' },
      json: { id: 'core-db', usedBy: [] },
    });
    expect(
      (await office.ask(adminApi.addSource, { body: { ...sourceOf(office), url: './x.db' } })).status,
    ).toBe(409);
    const body = { ...sourceOf(office), secret: 'core-db' };
    const put = (etag: string) =>
      office.ask(adminApi.replaceSource, { params, headers: { 'if-match': etag }, body });
    expect((await put('"1"')).json).toMatchObject({ version: 2, definition: { secret: 'core-db' } });
    expect((await put('"1"')).status).toBe(409);
    const renamed = await office.ask(adminApi.replaceSource, { params, body: { ...body, source: 'other' } });
    expect(renamed.json.errors).toMatchObject([{ field: 'source' }]);
    expect((await office.ask(adminApi.removeSource, { params })).status).toBe(204);
    expect((await office.ask(adminApi.getSource, { params })).status).toBe(404);
  });

  it('refuse a password in the address, and what is no field of their kind', async () => {
    const office = await openOffice(people(1));
    const add = (body: object) => office.ask(adminApi.addSource, { body });
    const withPassword = { source: 'pg', kind: 'postgres', url: 'postgres://me:secret@db/x' };
    expect((await add(withPassword)).json.errors).toMatchObject([{ field: 'url' }]);
    expect((await add({ ...sourceOf(office), encoding: 'cp949' })).json.errors).toMatchObject([
      { field: 'encoding' },
    ]);
    expect((await add({ ...sourceOf(office), usr: 'me' })).json.errors).toMatchObject([{ field: 'usr' }]);
  });

  it('are not removed while an automation uses them, and say which', async () => {
    const office = await openOffice(people(1));
    const body = { documents: [sourceOf(office), statement()] };
    await office.ask(adminApi.applyDefinitions, { body });
    expect((await office.ask(adminApi.getSource, { params })).json.usedBy).toEqual(['statement']);
    const refused = await office.ask(adminApi.removeSource, { params });
    expect(refused.json).toMatchObject({
      code: 'still_in_use',
      detail: expect.stringContaining('statement'),
    });
  });

  it('are read by an operator, and changed or tested by an administrator only', async () => {
    const office = await openOffice(people(1));
    await office.ask(adminApi.addSource, { body: sourceOf(office) }, 'admin');
    expect((await office.ask(adminApi.listSources, {}, 'operator')).json.items).toHaveLength(1);
    expect((await office.ask(adminApi.addSource, { body: sourceOf(office) }, 'operator')).status).toBe(403);
    expect((await office.ask(adminApi.testSource, { params }, 'operator')).status).toBe(403);
    expect((await office.ask(adminApi.testSource, { params }, 'admin')).status).toBe(200);
  });

  it('tell what is wrong when they cannot be reached', async () => {
    const office = await openOffice(people(1));
    await office.ask(adminApi.addSource, {
      body: { ...sourceOf(office), url: `${office.folder}/nowhere.db` },
    });
    const tested = await office.ask(adminApi.testSource, { params });
    expect(tested.json).toMatchObject({
      code: 'source_unreachable',
      detail: expect.stringContaining('core-db'),
    });
  });
});

describe('an account with more rights than Tank needs', () => {
  const MIGHTY: SourceReport = {
    product: 'Oracle Database',
    version: '19',
    user: 'DBA_KIM',
    privileges: ['SELECT', 'DROP ANY TABLE'],
    tooMighty: ['role DBA', 'DROP ANY TABLE'],
    encrypted: true,
  };

  /** The same desk, whose source is the bank's but for the rights that it names. */
  const withMighty = (office: Office) => {
    const mighty = new Map<string, Source>();
    const sources = async () => {
      const real = await office.ports.sources();
      return {
        close: () => real.close(),
        open: async (spec: Parameters<typeof real.open>[0]) => {
          const key = JSON.stringify(spec);
          const known = mighty.get(key) ?? { ...(await real.open(spec)), test: async () => MIGHTY };
          mighty.set(key, known);
          return known;
        },
      };
    };
    const handler = createAdminHandler({ ...office.ports, sources });
    return async (route: (typeof adminApi)[keyof typeof adminApi], request: object) => {
      const { token } = await (await office.ports.tokens()).issue({ subject: 'os:office', epoch: 0 });
      return ask(handler, routeKey(route), { token, ...request });
    };
  };

  it('is refused when it is tested and when an automation would use it, and the rights are named', async () => {
    const office = await openOffice(people(1));
    const mighty = withMighty(office);
    await mighty(adminApi.addSource, { body: sourceOf(office) });
    const tested = await mighty(adminApi.testSource, { params });
    expect(tested).toMatchObject({
      status: 422,
      json: { code: 'source_too_mighty', detail: expect.stringContaining('role DBA, DROP ANY TABLE') },
    });
    const saved = await mighty(adminApi.addAutomation, { body: statement() });
    expect(saved.json.errors).toMatchObject([
      { field: 'source', problem: expect.stringContaining('role DBA') },
    ]);
  });

  it('is accepted with a waiver in the definition, and the waiver is logged', async () => {
    const office = await openOffice(people(1));
    const mighty = withMighty(office);
    const waiver = 'the bank has no other account until May';
    await mighty(adminApi.addSource, { body: { ...sourceOf(office), waiver } });
    expect((await mighty(adminApi.testSource, { params })).json).toMatchObject({
      tooMighty: ['role DBA', 'DROP ANY TABLE'],
      waiver,
    });
    expect((await mighty(adminApi.addAutomation, { body: statement() })).status).toBe(201);
    expect(office.log()).toContain('source_waiver_used');
    expect(office.log()).toContain(waiver);
  });

  it('needs a reason for its waiver', async () => {
    const office = await openOffice(people(1));
    const answer = await office.ask(adminApi.addSource, { body: { ...sourceOf(office), waiver: 'ok' } });
    expect(answer.json.errors).toMatchObject([{ field: 'waiver' }]);
  });

  it('fails the run that would use it', async () => {
    const office = await openOffice(people(1));
    await office.ask(adminApi.applyDefinitions, { body: { documents: [sourceOf(office), statement()] } });
    const real = await office.ports.sources();
    const open = real.open.bind(real);
    Object.assign(real, {
      open: async (spec: Parameters<typeof open>[0]) => ({ ...(await open(spec)), test: async () => MIGHTY }),
    });
    const { json } = await office.ask(enqueueApi.startRun, { params: { id: 'statement' }, body: {} });
    await office.work();
    const run = await office.ask(adminApi.getRun, { params: { id: String(json.run) } });
    expect(run.json).toMatchObject({
      state: 'failed',
      error: { code: 'source_too_mighty', mend: expect.stringContaining('revoked') },
    });
  });
});
