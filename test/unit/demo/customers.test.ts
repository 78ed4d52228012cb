import { describe, expect, test } from 'vitest';
import { DEMO_MAILS, DEMO_ROWS, demoCustomers } from '../../../local/demo/customers.ts';
import { demoFiles } from '../../../local/demo/files.ts';
import { demoTables } from '../../../local/demo/tables.ts';

const customers = demoCustomers();
const people = customers.filter(({ fault }) => fault !== 'duplicateRow');

describe('the customers of the demo', () => {
  test('are 1,000 rows, the same on every machine', () => {
    expect(customers).toHaveLength(DEMO_ROWS);
    expect(customers).toEqual(demoCustomers());
    expect(customers[0]).toMatchObject({ id: '0000000001', statementFile: 'statement_0000000001.pdf' });
  });

  test('have exactly three faults, one of each kind', () => {
    const faults = customers.flatMap(({ fault }) => fault ?? []);
    expect(faults.sort()).toEqual(['badAddress', 'duplicateRow', 'missingFile']);
  });

  test('are 997 people who can be mailed', () => {
    expect(people.filter(({ fault }) => !fault)).toHaveLength(DEMO_MAILS);
  });

  test('differ in key and address, but for the duplicate row', () => {
    expect(new Set(people.map(({ id }) => id)).size).toBe(999);
    expect(new Set(people.map(({ address }) => address)).size).toBe(999);
    const duplicate = customers.find(({ fault }) => fault === 'duplicateRow');
    const twin = people.find(({ id }) => id === duplicate?.id);
    expect(twin).toMatchObject({ address: duplicate?.address });
  });

  test('live at example.com, and one where nobody can', () => {
    const odd = customers.filter(({ address }) => !/^[a-z]+\.[a-z]+\.\d+@example\.com$/.test(address));
    expect(odd.map(({ fault }) => fault)).toEqual(['badAddress']);
  });

  test('have names of two to four syllables', () => {
    expect(new Set(customers.map(({ name }) => name.length))).toEqual(new Set([2, 3, 4]));
  });
});

test('everybody but one has a file of their own', () => {
  const files = [...demoFiles(customers, '2026-10')];
  expect(new Set(files.map(({ name }) => name)).size).toBe(998);
  const missing = people.filter(({ statementFile }) => !files.some(({ name }) => name === statementFile));
  expect(missing.map(({ fault }) => fault)).toEqual(['missingFile']);
});

test('the tables hold every row, and one detail per person', () => {
  const rows = demoTables(customers, '2026-10').flatMap((step) => ('rows' in step ? [step.rows.length] : []));
  expect(rows).toEqual([1000, 999, people.reduce((sum, { products }) => sum + products.length, 0)]);
});
