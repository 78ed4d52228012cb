import { expect, test } from 'vitest';
import { MANIFEST } from '../../functions/manifest.ts';
import { AUDIT_EVENTS } from '../../shared/domain/audit-event.ts';
import { routeKey } from '../../shared/wire/api.ts';
import { filesOf, ROOT } from './rules/source-files.ts';

/** Routes that change nothing which somebody must answer for; each with its reason. */
const NOT_RECORDED: Readonly<Record<string, string>> = {
  'POST /api/v1/definitions/check': 'changes nothing',
  'POST /api/v1/suppressions/search':
    'a read with a body; shows a masked entry of the address that was typed',
  'POST /api/v1/suppressions/lists/{id}/refresh': 'fetches sooner what is fetched anyway',
  'POST /api/v1/events/dsn': 'a program brings reports; the reports themselves are kept',
};

const routes = MANIFEST.flatMap(({ http }) => Object.values(http ?? {}));
const acts = routes.filter(({ method, permission }) => method !== 'GET' && permission.includes(':'));

test('whatever a role lets somebody change is recorded, or says here why not', () => {
  const silent = acts.filter(({ audit }) => !audit).map(routeKey);
  expect(silent.sort()).toEqual(Object.keys(NOT_RECORDED).sort());
  expect(acts.length).toBeGreaterThan(30);
});

test('what stops mail is never refused for want of a record', () => {
  const stopping = acts.filter(({ path }) => /\/(pause|cancel|reject)$/.test(path));
  const events = stopping.map(({ audit }) => audit);
  expect(stopping.length).toBeGreaterThanOrEqual(4);
  for (const event of events)
    expect(AUDIT_EVENTS[event as keyof typeof AUDIT_EVENTS].privileged, String(event)).toBe(false);
});

/** Of a duty that is not built yet: secrets that rotate. */
const TO_COME = ['secret.used', 'secret.rotated'];

test('every event of the record is written somewhere', () => {
  const text = filesOf(ROOT, ['functions', 'shared', 'local'], ['.ts'])
    .filter(({ path }) => !path.endsWith('audit-event.ts'))
    .map(({ text: content }) => content)
    .join('\n');
  const unused = Object.keys(AUDIT_EVENTS).filter((event) => !text.includes(`'${event}'`));
  expect(unused.filter((event) => !TO_COME.includes(event))).toEqual([]);
});
