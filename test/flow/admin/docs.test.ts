import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MANIFEST } from '../../../functions/manifest.ts';
import { adminApi } from '../../../shared/wire/admin-api.ts';
import { ALL_APIS } from '../../../shared/wire/all-apis.ts';
import { routeKey } from '../../../shared/wire/api.ts';
import { DOCS_STYLE } from '../../../shared/wire/docs-api.ts';
import { openApiDocument } from '../../../shared/wire/openapi.ts';
import { openOffice, people } from '../../fixtures/office.ts';

describe('the description of the API', () => {
  it('covers every route of the manifest but the pages of the console', () => {
    const routesOf = (apis: readonly (object | undefined)[]) =>
      apis.flatMap((api) => Object.values(api ?? {}).map(routeKey)).sort();
    const hosted = routesOf(MANIFEST.map(({ http }) => http));
    expect(routesOf(ALL_APIS)).toEqual(hosted.filter((key) => !/ \/(?:console\/.*)?$/.test(key)));
  });

  it('is served as OpenAPI', async () => {
    const office = await openOffice(people(0));
    const { json } = await office.ask(adminApi.openApi);
    expect(json).toEqual(JSON.parse(JSON.stringify(openApiDocument(ALL_APIS))));
  });

  it('is served as a page that loads nothing from anywhere and runs nothing', async () => {
    const office = await openOffice(people(0));
    const { statusCode, headers = {}, body = '' } = await office.reply(adminApi.docs);
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    for (const route of ALL_APIS.flatMap((api) => Object.values(api)))
      expect(body).toContain(`<code>${route.method} ${route.path}</code>`);
    expect(body).toContain('attachment_wrong_owner');
    expect(body).not.toMatch(/<script|\ssrc=|@import|url\(|https?:\/\/(?!json-schema\.org)|style="/i);
  });

  it('allows its own style by a hash, and nothing else', () => {
    const hash = createHash('sha256').update(DOCS_STYLE).digest('base64');
    const policy = adminApi.docs.replyHeaders['content-security-policy'];
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    expect(policy).not.toContain('unsafe');
  });
});
