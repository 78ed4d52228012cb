import { describe, expect, it } from 'vitest';
import { FILES } from '../../functions/console/files.ts';
import { createConsoleHandler } from '../../functions/console/handler.ts';
import { routeKey } from '../../shared/wire/api.ts';
import { consoleApi } from '../../shared/wire/console-api.ts';
import { httpEvent, identityPorts, lambdaContext } from '../fixtures/identity.ts';

const MOST_BYTES = 30 * 1024;
const routes = Object.entries(consoleApi) as [keyof typeof FILES, (typeof consoleApi)['page']][];

const get = async (path: string) => {
  const handler = createConsoleHandler((await identityPorts()).ports);
  const { statusCode, headers = {}, body } = await handler(httpEvent(`GET ${path}`), lambdaContext());
  return { status: statusCode, headers, text: body };
};

describe('the console', () => {
  it.each(routes)(
    'serves %s without a token, under a policy that lets nothing in from elsewhere',
    async (name, route) => {
      const { status, headers, text } = await get(route.path);
      expect([status, text]).toEqual([200, FILES[name]]);
      expect(headers['content-type']).toBe(route.produces);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe|\*|http/);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    },
  );

  it('has a route for every file that its files name', () => {
    const served = new Set(routes.map(([, { path }]) => path));
    const named = Object.values(FILES).flatMap((text) => [
      ...[...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path),
      ...[...text.matchAll(/from '\.\/([^']+)'/g)].map(([, file]) => `/console/${file}`),
    ]);
    expect(named.filter((path) => !served.has(path ?? ''))).toEqual([]);
    expect(new Set(named).size).toBe(routes.length - 1);
  });

  it('brings no markup out of values, keeps its token in memory and calls nobody but its own host', () => {
    const scripts = Object.values(FILES).join('\n');
    expect(scripts).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function/);
    expect(scripts).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie/);
    expect(scripts).not.toMatch(/https?:\/\//);
    expect(FILES.page).not.toMatch(/<style|style=|<script(?![^>]* src=)|\son\w+=/);
  });

  it('has words in both languages for everything that it says', () => {
    const views = Object.entries(FILES).filter(([name]) => name !== 'words');
    const used = views.flatMap(([, text]) => [...text.matchAll(/word\('([^']+)'\)/g)].map(([, key]) => key));
    const words = new Map(
      [...FILES.words.matchAll(/^ {2}'?([\w.]+)'?: \[\s*'(.+)',\s*'(.+)',?\s*\],$/gm)].map(
        ([, key, ko, en]) => [key, { ko, en }],
      ),
    );
    expect(used.filter((key) => !words.has(key))).toEqual([]);
    for (const [key, { ko, en }] of words) {
      if (key === 'language') continue;
      expect(ko).toMatch(/[가-힣]/);
      expect(en).not.toMatch(/[가-힣]/);
    }
  });

  it(`is smaller than ${MOST_BYTES / 1024} KB`, () => {
    expect(Buffer.byteLength(Object.values(FILES).join(''))).toBeLessThan(MOST_BYTES);
    expect(new Set(routes.map(([, route]) => routeKey(route))).size).toBe(routes.length);
  });
});
