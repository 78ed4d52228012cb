import { expect, it } from 'vitest';
import { checkColumns } from '../../../functions/admin/check-columns.ts';
import { readDefinition } from '../../../shared/wire/automation.ts';
import { statement } from '../../fixtures/office.ts';

const read = readDefinition(statement(), 'en');
if (!read.ok || read.definition.kind !== 'automation') throw new Error('the statement is an automation');
const { spec } = read.definition;

const check = (columns: readonly string[], binds: readonly string[] = []) =>
  checkColumns(
    spec,
    new Map([['recipients.target', columns]]),
    new Map([['mappings.0.query', binds]]),
    'en',
  ).map(({ field, problem }) => `${field}: ${problem}`);

it('takes a column in another case when there is one alone', () => {
  expect(check(['cust_id', 'Email_Addr'])).toEqual([]);
});

it('does not choose between columns that differ by case only', () => {
  expect(check(['cust_id', 'Cust_Id', 'EMAIL_ADDR'])).toEqual([
    'recipients.key: the target query yields cust_id, Cust_Id, which differ by case only; write one of them exactly',
  ]);
});

it('asks for every bind but the key sign', () => {
  expect(check(['CUST_ID', 'EMAIL_ADDR'], ['?', 'CUST_ID', 'BRANCH'])).toEqual([
    'mappings.0.query: the target query yields no column BRANCH; it yields CUST_ID, EMAIL_ADDR',
  ]);
});
