import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { DEMO_AUTOMATION, demoDefinitions } from '../../../local/demo/definitions.ts';

test('the definitions of the demo are two YAML documents without faults', () => {
  const documents = [...parseAllDocuments(demoDefinitions('/data/with "quotes"/bank.db'), { strict: true })];
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  expect(documents.map((document) => document.toJS())).toMatchObject([
    { source: 'demo-bank', kind: 'sqlite', url: '/data/with "quotes"/bank.db' },
    {
      automation: DEMO_AUTOMATION,
      source: 'demo-bank',
      recipients: { recurrence: 'new' },
      attachments: { faults: { notFound: 'skip' } },
    },
  ]);
});

test('a tag of the template is a column of the mapping queries', () => {
  const [, automation] = parseAllDocuments(demoDefinitions('bank.db')).map((document) => document.toJS());
  const tags = [...`${automation.mail.subject}${automation.mail.html}`.matchAll(/\$\((\w+)/g)].map(
    ([, name]) => name,
  );
  const columns = automation.mappings.map(({ query }: { query: string }) => query).join(' ');
  expect(tags.length).toBeGreaterThan(5);
  expect(tags.filter((tag) => !new RegExp(`\\b${tag}\\b`).test(columns))).toEqual([]);
});
