import { describe, expect, it } from 'vitest';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { openOffice, people, sourceOf, statement } from '../../fixtures/office.ts';

describe('organisations', () => {
  it('come into being with the first automation that names them', async () => {
    const office = await openOffice(people(1));
    const documents = [sourceOf(office), statement({ organisation: 'retail' })];
    await office.ask(adminApi.applyDefinitions, { body: { documents } });
    expect((await office.ask(adminApi.listOrganisations)).json.items).toMatchObject([
      { name: 'retail', title: 'retail', automations: 1 },
    ]);
  });

  it('are added, given a title, and removed when they own nothing', async () => {
    const office = await openOffice(people(1));
    const params = { name: 'card' };
    const added = await office.ask(adminApi.addOrganisation, { body: { name: 'card', title: '카드사업부' } });
    expect(added).toMatchObject({ status: 201, json: { title: '카드사업부', automations: 0 } });
    expect((await office.ask(adminApi.addOrganisation, { body: { name: 'card' } })).json.code).toBe(
      'name_taken',
    );
    const retitled = await office.ask(adminApi.changeOrganisation, { params, body: { title: 'Cards' } });
    expect(retitled.json.title).toBe('Cards');
    const documents = [sourceOf(office), statement({ organisation: 'card' })];
    await office.ask(adminApi.applyDefinitions, { body: { documents } });
    expect((await office.ask(adminApi.removeOrganisation, { params })).json.code).toBe('still_in_use');
    await office.ask(adminApi.archiveAutomation, { params: { id: 'statement' } });
    expect((await office.ask(adminApi.removeOrganisation, { params })).status).toBe(204);
    expect((await office.ask(adminApi.removeOrganisation, { params })).status).toBe(404);
  });
});
